import type { Hex } from "../hex.js";
import type { Cost, Spent } from "./events.js";

/** Tells what an action will cost without doing it; every role's actions have it as `preflight`. */
export interface Preflight {
  readonly cost: Cost;
  readonly balance: bigint;
  readonly affordable: boolean;
}

/** A transaction that was mined. */
export interface Done {
  readonly hash: Hex;
  readonly block: bigint;
  readonly spent: Spent;
}

/** `new Sequencer(node, signer, onEvent?)`. */
export interface SequencerRole {
  /** Adds a guest transaction to the next batch. */
  submit(transaction: Uint8Array): void;
  /** Appends waiting L1 messages, then posts what was submitted. */
  postBatch(): Promise<Done>;
}

/** `new Validator(node, signer, onEvent?)`. */
export interface ValidatorRole {
  /** What `assert()` would assert and cost, undefined if there is nothing new. */
  preflight(): Promise<(Preflight & { readonly end: bigint; readonly stateHash: Hex }) | undefined>;
  /** Asserts the truth about the next inputs on the last true assertion, confirmed or not; undefined if there is nothing. */
  assert(): Promise<(Done & { readonly assertion: Hex }) | undefined>;
  /** Confirms what the rule says is final; gives the ids confirmed. */
  confirm(): Promise<readonly Hex[]>;
}

/** What a challenger did in one round. */
export interface ChallengerRound {
  readonly actions: readonly Done[];
  /** True if nothing is left that it could ever do with what is on L1 now. */
  readonly settled: boolean;
  /** The next time (in seconds) at which it will have something to do, if it waits for a clock. */
  readonly wakeAt: bigint | undefined;
}

/** `new Challenger(node, signer, onEvent?)`. */
export interface ChallengerRole {
  /** Claims, answers, proves, resolves, rejects, collects: everything that can be done now. */
  once(): Promise<ChallengerRound>;
  /** Rounds until nothing is left to do or the signal aborts; sleeps between them. */
  watch(options?: { readonly signal?: AbortSignal; readonly pollSeconds?: number }): Promise<void>;
}
