import { keccak256, type Signer } from "ethers";

import { QuorumMissedError, type Collected } from "../committee/collect.js";
import type { CommitteeClient } from "../committee/client.js";
import { assertionStatement, type Certificate, type Statement } from "../committee/statement.js";
import type { Hex } from "../hex.js";
import { isDead, type AssertionNode } from "./assertions.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { Sender, type Done } from "./sender.js";
import type { Assertable } from "./validator.js";
import type { View } from "./view.js";

/** A certificate that was recorded. */
export interface Attestation extends Done {
  readonly assertion: Hex;
  readonly epoch: bigint;
  readonly statement: Statement;
  readonly certificate: Certificate;
  /** How many seats of the epoch are recorded to have signed by now. */
  readonly attesters: number;
}

/** What an attester did in one round. */
export interface AttesterRound {
  readonly attested: readonly Attestation[];
  /** For which assertions not enough members have signed, and why. */
  readonly missed: ReadonlyMap<Hex, QuorumMissedError>;
}

/** Has a committee sign the assertions that its view holds true, and records the certificates on chain. Anyone may. */
export class Attester {
  public readonly sender: Sender;

  /** @param quorum How many signatures the chain's rule wants. */
  public constructor(
    public readonly node: RollupNode,
    signer: Signer,
    public readonly client: CommitteeClient,
    public readonly quorum: number,
    private readonly onEvent: OnEvent = node.onEvent,
    private readonly view: () => View = () => node.truth,
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs, node.chain.transactions);
  }

  /** Does it for every assertion that waits. Members that fail are told; the chain's other rules go on without them. */
  public async once(): Promise<AttesterRound> {
    await this.node.sync();
    const attested: Attestation[] = [];
    const missed = new Map<Hex, QuorumMissedError>();
    for (const assertion of this.node.assertions.all()) {
      if (!(await this.waits(assertion))) continue;
      try {
        const done = await this.attest(assertion);
        if (done !== undefined) attested.push(done);
      } catch (error) {
        if (!(error instanceof QuorumMissedError)) throw error;
        missed.set(assertion.id, error);
        this.onEvent({ type: "skipped", action: "attest", text: textOf(assertion), reason: error.message });
      }
    }
    return { attested, missed };
  }

  /**
   * Has one assertion signed by the committee that was active when it was made; undefined if enough are recorded already, or nothing is
   * recorded any more because its members may have withdrawn.
   * @throws {QuorumMissedError}
   */
  public async attest(assertion: AssertionNode): Promise<Attestation | undefined> {
    const { committee } = this.client;
    const statement = this.statement(assertion.parent!, assertion);
    const epoch = await committee.epochAt(assertion.createdAt);
    if (countSeats(await committee.attesters(epoch, statement)) >= this.quorum) return undefined;
    if (!(await committee.isBonded(epoch))) return undefined;
    const collected = await this.client.attest(statement, epoch, this.quorum);
    const done = await this.record(statement, epoch, collected, textOf(assertion));
    return { ...done, assertion: assertion.id };
  }

  /**
   * Has an assertion signed before it is made: it counts if it is made before the epoch ends.
   * @throws {QuorumMissedError}
   */
  public async attestNext(next: Assertable): Promise<Omit<Attestation, "assertion">> {
    const statement = this.statement(next.parent, next);
    const epoch = await this.client.committee.currentEpoch();
    return this.record(statement, epoch, await this.client.attest(statement, epoch, this.quorum), textOf(next));
  }

  /** What members are asked to sign. */
  public statement(parent: AssertionNode, { stateHash, end }: Pick<Assertable, "stateHash" | "end">): Statement {
    const { chain, derivation } = this.node;
    return assertionStatement(chain.addresses.rollup, parent.id, stateHash, derivation.inputHash(end - 1n));
  }

  private async record(
    statement: Statement,
    epoch: bigint,
    { certificate }: Collected,
    text: string,
  ): Promise<Omit<Attestation, "assertion">> {
    const { committee } = this.client;
    const populated = await committee.contract.attest.populateTransaction(epoch, statement, certificate);
    const purpose = { key: `attest:${keccak256(populated.data)}` };
    const done = await this.sender.send("attest", text, Promise.resolve(populated), undefined, purpose);
    return {
      ...done,
      epoch,
      statement,
      certificate,
      attesters: countSeats(await committee.attesters(epoch, statement)),
    };
  }

  private async waits(assertion: AssertionNode): Promise<boolean> {
    if (assertion.status !== "pending" || isDead(assertion, this.node.assertions.confirmed)) return false;
    return this.view().believes(assertion);
  }
}

function textOf({ stateHash }: { readonly stateHash: Hex }): string {
  return `record who attests ${stateHash.slice(0, 12)}`;
}

function countSeats(seats: bigint): number {
  return seats.toString(2).replaceAll("0", "").length;
}
