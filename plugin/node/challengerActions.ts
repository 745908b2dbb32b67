import type { ContractTransaction, Signer } from "ethers";

import { formatAmount } from "../config/amount.js";
import type { ClaimNode } from "../dispute/claimTree.js";
import type { Move } from "../dispute/moves.js";
import { bytesToHex, type Hex } from "../hex.js";
import type { ActionKind, OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { RevertedError } from "./reverts.js";
import { Sender, type Done } from "./sender.js";
import type { StepProof, Trace } from "./trace.js";

/** A step that was proved, for those who show it. */
export interface ProvedStep {
  readonly claim: Hex;
  readonly position: bigint;
  readonly proof: StepProof;
  readonly gas: bigint;
}

/** A challenger's transactions. What the settlement layer would refuse is told and skipped: others may have been faster. */
export class ChallengerActions {
  public readonly sender: Sender;
  /** The steps that it proved. */
  public readonly proved: ProvedStep[] = [];

  public constructor(
    private readonly node: RollupNode,
    signer: Signer,
    private readonly onEvent: OnEvent,
  ) {
    this.sender = new Sender(signer, onEvent);
  }

  /** Makes a claim or proves a step. */
  public async play(move: Move, trace: Trace): Promise<Done[]> {
    if (move.kind === "prove") return this.prove(move, trace);
    const { rollup } = this.node.chain.contracts;
    const { level, data } = move.history;
    const value = this.node.chain.parameters.claimBonds[level - 1];
    if (move.kind === "claimAgainstAssertion") {
      const { id } = move.assertion;
      const text = `claim against assertion ${short(id)}`;
      return this.attempt("claim", text, rollup.claimAgainstAssertion.populateTransaction(id, data, { value }));
    }
    const { opponent, fault } = move;
    const text = `claim at level ${level} against claim ${short(opponent.id)} at index ${fault.index}`;
    const { index, first, second, opening } = fault;
    return this.attempt(
      "claim",
      text,
      rollup.claimAgainstClaim.populateTransaction(opponent.claim, index, first, second, opening, data, { value }),
    );
  }

  /** Decides the claims of a branch, the lowest first. */
  public resolve(branch: readonly ClaimNode[]): Promise<Done[]> {
    const text = `resolve ${branch.length} claims from level ${branch[0].claim.level}`;
    const claims = branch.map(({ claim }) => claim);
    return this.attempt("resolve", text, this.node.chain.contracts.rollup.resolve.populateTransaction(claims));
  }

  public confirm(id: Hex): Promise<Done[]> {
    const text = `confirm assertion ${short(id)}`;
    return this.attempt("confirm", text, this.node.chain.contracts.rollup.confirm.populateTransaction(id));
  }

  public reject(id: Hex): Promise<Done[]> {
    const text = `reject assertion ${short(id)}`;
    return this.attempt("reject", text, this.node.chain.contracts.rollup.reject.populateTransaction(id));
  }

  /** Takes home the bonds of claims whose dispute is over. The lowest come first: a claim does not wait for those under it. */
  public reclaim(claims: readonly ClaimNode[]): Promise<Done[]> {
    const ordered = [...claims].sort((a, b) => b.claim.level - a.claim.level).map(({ claim }) => claim);
    const text = `take ${claims.length} bonds home`;
    return this.attempt("reclaim", text, this.node.chain.contracts.rollup.reclaim.populateTransaction(ordered));
  }

  /** Pays out what was won. */
  public async collect(): Promise<Done[]> {
    const { rollup } = this.node.chain.contracts;
    const me = await this.sender.address();
    const credit = await rollup.credit(me);
    if (credit === 0n) return [];
    const done = await this.attempt(
      "collect",
      `collect ${formatAmount(credit)}`,
      rollup.withdrawCredit.populateTransaction(me),
    );
    if (done.length > 0) this.sender.spending.received += credit;
    return done;
  }

  /** Whether the rule calls an assertion final in the block that comes next. */
  public isFinal(id: Hex): Promise<boolean> {
    const { rollup, rule } = this.node.chain.contracts;
    return rule.isFinal(rollup, id, { blockTag: "pending" });
  }

  private async prove(move: Extract<Move, { kind: "prove" }>, trace: Trace): Promise<Done[]> {
    const { claim, fault } = move;
    const proof = await trace.proveStep(fault.position);
    const { index, second, opening, position } = fault;
    const text = `prove step ${position} (${proof.description.text}) against claim ${short(claim.id)}`;
    const done = await this.attempt(
      "prove",
      text,
      this.node.chain.contracts.rollup.prove.populateTransaction(
        claim.claim,
        index,
        second,
        opening,
        proof.before,
        bytesToHex(proof.witness),
      ),
    );
    for (const { spent } of done) this.proved.push({ claim: claim.id, position, proof, gas: spent.gas });
    return done;
  }

  private async attempt(action: ActionKind, text: string, populated: Promise<ContractTransaction>): Promise<Done[]> {
    try {
      return [await this.sender.send(action, text, populated)];
    } catch (error) {
      if (!(error instanceof RevertedError)) throw error;
      this.onEvent({ type: "skipped", action, text, reason: error.reason });
      return [];
    }
  }
}

function short(id: Hex): string {
  return id.slice(0, 10);
}
