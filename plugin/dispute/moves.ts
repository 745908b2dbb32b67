import type { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { AssertionNode } from "../node/assertions.js";
import type { ClaimNode } from "./claimTree.js";

/** A claim that is to be made. */
export interface NewHistory {
  readonly level: number;
  /** The state at index 0. */
  readonly start: Hex;
  /** The states at indices 1 to `2^width`. */
  readonly elements: readonly Hex[];
}

/** The place in a claim's history from which on it is wrong: its state at `index` is right, the next one is not. */
export interface Fault {
  readonly index: number;
  /** Of `index`, counted from the assertion's first position. */
  readonly position: bigint;
  readonly first: Hex;
  readonly second: Hex;
}

/** What a party can do in a dispute. */
export type Move =
  | { readonly kind: "claimAgainstAssertion"; readonly assertion: AssertionNode; readonly history: NewHistory }
  | {
      readonly kind: "claimAgainstClaim";
      readonly opponent: ClaimNode;
      readonly fault: Fault;
      readonly history: NewHistory;
    }
  | { readonly kind: "prove"; readonly claim: ClaimNode; readonly fault: Fault; readonly assertion: AssertionNode };

/** An answer that should be given and cannot be. */
export interface Missed {
  readonly text: string;
  readonly reason: string;
  /** What is wrong with the party's own set-up, so that it cannot answer though it has time. */
  readonly error?: RollupError;
}

/** What a party is to do now, and what it is too late for. */
export interface Plan {
  readonly moves: readonly Move[];
  readonly missed: readonly Missed[];
}
