import { concat, keccak256, type ContractTransaction, type Signer } from "ethers";

import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import { elementsOf, type ClaimNode } from "../dispute/claimTree.js";
import type { Move } from "../dispute/moves.js";
import { bytesToHex, type Hex } from "../hex.js";
import type { BlobCargo } from "./blobTransaction.js";
import type { ActionKind, OnEvent } from "./events.js";
import type { Purpose } from "./managedSending.js";
import type { RollupNode } from "./node.js";
import { RevertedError } from "./reverts.js";
import { Sender, type Done } from "./sender.js";
import type { StepProof, Trace } from "./trace.js";

/** Above what a claim with a blob takes: three evaluations of 50,000 gas each, and what every claim takes. */
const BLOB_CLAIM_GAS = 350_000n;

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
  /** What was told to be skipped already: a move is tried in every round, since what refused it may have been a node that lagged behind. */
  private readonly told = new Set<string>();
  private failure: RollupError | undefined;

  public constructor(
    private readonly node: RollupNode,
    signer: Signer,
    private readonly onEvent: OnEvent,
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs, node.chain.transactions);
  }

  /** Makes a claim or proves a step. @param until When it is too late, in seconds. */
  public async play(move: Move, trace: Trace, until?: bigint): Promise<Done[]> {
    if (move.kind === "prove") return this.prove(move, trace, until);
    const { chain, history } = this.node;
    const { rollup } = chain.contracts;
    const { level, start, elements } = move.history;
    const [{ data, blobs }, opening] = await Promise.all([history.encode(start, elements), this.openingFor(move)]);
    const cargo = blobs.length === 0 ? undefined : { blobs, gasBound: BLOB_CLAIM_GAS };
    const value = chain.parameters.claimBonds[level - 1];
    if (move.kind === "claimAgainstAssertion") {
      const { id } = move.assertion;
      const text = `claim against assertion ${short(id)}`;
      const populated = rollup.claimAgainstAssertion.populateTransaction(id, data, { value });
      return this.attempt("claim", text, populated, { key: `claim:${id}:${keccak256(data)}`, until }, cargo);
    }
    const { opponent, fault } = move;
    const text = `claim at level ${level} against claim ${short(opponent.id)} at index ${fault.index}`;
    const { index, first, second } = fault;
    return this.attempt(
      "claim",
      text,
      rollup.claimAgainstClaim.populateTransaction(opponent.claim, index, first, second, opening, data, { value }),
      { key: `claim:${opponent.id}:${index}:${keccak256(data)}`, until },
      cargo,
    );
  }

  /** Decides the claims of a branch, the lowest first. */
  public resolve(branch: readonly ClaimNode[]): Promise<Done[]> {
    const text = `resolve ${branch.length} claims from level ${branch[0].claim.level}`;
    const claims = branch.map(({ claim }) => claim);
    const populated = this.node.chain.contracts.rollup.resolve.populateTransaction(claims);
    return this.attempt("resolve", text, populated, { key: `resolve:${digest(branch)}` });
  }

  public confirm(id: Hex): Promise<Done[]> {
    const text = `confirm assertion ${short(id)}`;
    const populated = this.node.chain.contracts.rollup.confirm.populateTransaction(id);
    return this.attempt("confirm", text, populated, { key: `confirm:${id}` });
  }

  public reject(id: Hex): Promise<Done[]> {
    const text = `reject assertion ${short(id)}`;
    const populated = this.node.chain.contracts.rollup.reject.populateTransaction(id);
    return this.attempt("reject", text, populated, { key: `reject:${id}` });
  }

  /** Takes home the bonds of claims whose dispute is over. The lowest come first: a claim does not wait for those under it. */
  public reclaim(claims: readonly ClaimNode[]): Promise<Done[]> {
    const ordered = [...claims].sort((a, b) => b.claim.level - a.claim.level);
    const text = `take ${claims.length} bonds home`;
    const populated = this.node.chain.contracts.rollup.reclaim.populateTransaction(ordered.map(({ claim }) => claim));
    return this.attempt("reclaim", text, populated, { key: `reclaim:${digest(ordered)}` });
  }

  /** Pays out what was won. */
  public async collect(): Promise<Done[]> {
    const { rollup } = this.node.chain.contracts;
    const me = await this.sender.address();
    const purpose = await this.sender.recurring("collect");
    const credit = await rollup.credit(me);
    if (credit === 0n) return [];
    const populated = rollup.withdrawCredit.populateTransaction(me);
    const done = await this.attempt("collect", `collect ${formatAmount(credit)}`, populated, purpose);
    if (done.length > 0) this.sender.spending.received += credit;
    return done;
  }

  /** Whether the rule calls an assertion final in the block that comes next. */
  public isFinal(id: Hex): Promise<boolean> {
    const { rollup, rule } = this.node.chain.contracts;
    return rule.isFinal(rollup, id, { blockTag: "pending" });
  }

  /** Why something could not be paid for or sent since the last call. */
  public takeFailure(): RollupError | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  /** Opens what a claim is against; an assertion needs no opening. */
  private async openingFor(move: Exclude<Move, { kind: "prove" }>): Promise<Uint8Array> {
    if (move.kind === "claimAgainstAssertion") return new Uint8Array();
    return this.node.history.open(elementsOf(move.opponent), move.fault.index);
  }

  private async prove(move: Extract<Move, { kind: "prove" }>, trace: Trace, until?: bigint): Promise<Done[]> {
    const { claim, fault } = move;
    const proof = await trace.proveStep(fault.position);
    const { index, second, position } = fault;
    const opening = await this.node.history.open(elementsOf(claim), index);
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
      { key: `prove:${claim.id}:${index}`, until },
    );
    for (const { action, spent } of done) {
      if (action === "prove") this.proved.push({ claim: claim.id, position, proof, gas: spent.gas });
    }
    return done;
  }

  private async attempt(
    action: ActionKind,
    text: string,
    populated: Promise<ContractTransaction>,
    purpose?: Purpose,
    cargo?: BlobCargo,
  ): Promise<Done[]> {
    try {
      const done = await this.sender.send(action, text, populated, cargo, purpose);
      // What was done before is only not seen yet: there is nothing new to react to.
      return done.resumed ? [] : [done];
    } catch (error) {
      if (error instanceof RevertedError) return this.skip(action, text, error.reason);
      if (!(error instanceof RollupError)) throw error;
      // What cannot be sent or paid for must not keep the rest from being done.
      if (error.code === "BLOB_KEY_MISSING") return this.fail(action, text, error, "the account cannot send blobs");
      if (error.code === "BUDGET_EXCEEDED") return this.fail(action, text, error, "the budget does not allow it");
      if (error.code === "NOT_SENT") return this.skip(action, text, error.message.split("\n").join(" "));
      if (error.code !== "INSUFFICIENT_FUNDS") throw error;
      // What was won already may pay for it.
      const collected = action === "collect" ? [] : await this.collect();
      if (collected.length > 0) return [...collected, ...(await this.attempt(action, text, populated, purpose, cargo))];
      return this.fail(action, text, error, "the account cannot pay for it");
    }
  }

  private fail(action: ActionKind, text: string, error: RollupError, reason: string): Done[] {
    this.failure = error;
    return this.skip(action, text, reason);
  }

  private skip(action: ActionKind, text: string, reason: string): Done[] {
    const key = `${text}: ${reason}`;
    if (!this.told.has(key)) this.onEvent({ type: "skipped", action, text, reason });
    this.told.add(key);
    return [];
  }
}

/** Names a list of claims. */
function digest(claims: readonly ClaimNode[]): Hex {
  return keccak256(concat(claims.map(({ id }) => id))) as Hex;
}

function short(id: Hex): string {
  return id.slice(0, 10);
}
