import type { Signer } from "ethers";

import type { ClaimNode } from "../dispute/claimTree.js";
import type { Move } from "../dispute/moves.js";
import { answerAt, claimsUnder, type Dispute } from "../dispute/strategy.js";
import type { Hex } from "../hex.js";
import type { AssertionNode } from "../node/assertions.js";
import { Challenger, type ChallengerRound } from "../node/challenger.js";
import type { NodeEvent, OnEvent } from "../node/events.js";
import type { RollupNode } from "../node/node.js";
import type { Done } from "../node/sender.js";
import type { Trace } from "../node/trace.js";
import { Validator } from "../node/validator.js";
import type { View } from "../node/view.js";

/** Who somebody is in a test: an account with a view, honest or not. */
export class Party {
  public readonly challenger: Challenger;
  public readonly validator: Validator;
  /** All that it did and told, in order. */
  public readonly events: NodeEvent[] = [];

  /**
   * @param viewOf What it holds true; the truth if absent.
   * @param isWilling Which moves it makes of those that its view calls for; all if absent.
   */
  public constructor(
    public readonly name: string,
    public readonly honest: boolean,
    public readonly node: RollupNode,
    public readonly signer: Signer,
    private readonly viewOf: () => View = () => node.truth,
    onEvent: OnEvent = () => undefined,
    isWilling: (move: Move) => boolean = () => true,
  ) {
    const record: OnEvent = (event) => {
      this.events.push(event);
      onEvent(event);
    };
    this.challenger = new Challenger(node, signer, record, viewOf, isWilling);
    this.validator = new Validator(node, signer, record, viewOf);
  }

  /** Asserts what it holds true. Gives the assertion's id. */
  public async assert(): Promise<Hex> {
    const made = await this.validator.assert();
    if (made === undefined) throw new Error(`${this.name} has nothing to assert.`);
    return made.assertion;
  }

  /** One round of what its strategy does: answers, proofs, resolutions, confirmations. */
  public act(): Promise<ChallengerRound> {
    return this.challenger.once();
  }

  /** Claims against an assertion with its own trace, or another, even if it believes the assertion. */
  public async claimAgainst(assertion: Hex, trace?: Trace): Promise<Done[]> {
    const dispute = await this.disputeAbout(assertion, trace);
    const move = await answerAt(dispute, undefined, 0);
    return this.challenger.play(move, dispute.trace);
  }

  /** Claims against a claim, at an index of its choice; an index that is wrong by its own trace is not needed. */
  public async answer(claim: ClaimNode, index: number, trace?: Trace): Promise<Done[]> {
    const dispute = await this.disputeAbout(claim.claim.assertion, trace);
    return this.challenger.play(await answerAt(dispute, claim, index), dispute.trace);
  }

  /** The claims under an assertion, those of lower levels behind what they answer. */
  public claims(assertion: Hex): ClaimNode[] {
    return claimsUnder(this.node.claims, assertion);
  }

  /** The dispute about an assertion, with the party's trace or another one. */
  public async disputeAbout(id: Hex, trace?: Trace): Promise<Dispute> {
    await this.node.sync();
    const assertion: AssertionNode = this.node.assertions.get(id);
    const own = trace ?? (await this.viewOf().trace(assertion));
    if (own === undefined) throw new Error(`${this.name} has no view on assertion ${id}.`);
    return this.challenger.disputeAbout(assertion, own);
  }
}
