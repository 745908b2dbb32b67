import type { Hex } from "../hex.js";
import type { AssertionNode } from "../node/assertions.js";
import type { ClaimNode } from "./claimTree.js";

/** A claim that is to be made. */
export interface NewHistory {
  readonly id: Hex;
  readonly level: number;
  /** What is posted. */
  readonly data: Uint8Array;
}

/** The place in a claim's history from which on it is wrong: its state at `index` is right, the next one is not. */
export interface Fault {
  readonly index: number;
  /** Of `index`, counted from the assertion's first position. */
  readonly position: bigint;
  readonly first: Hex;
  readonly second: Hex;
  readonly opening: Uint8Array;
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
}

/** What a party is to do now, and what it is too late for. */
export interface Plan {
  readonly moves: readonly Move[];
  readonly missed: readonly Missed[];
}
