import { ZERO_WORD, type Hex } from "../hex.js";
import { hashRejection } from "../machines/state.js";
import type { RollupNode } from "./node.js";

/** An input that changed nothing, and where it is in the chain of those. */
export interface Rejection {
  /** The input's. */
  readonly number: bigint;
  /** Of its header. */
  readonly inputHash: Hex;
  /** `MachineState.rejections` before it. */
  readonly earlier: Hex;
  /** `MachineState.rejections` after it. */
  readonly link: Hex;
}

/** The executed inputs that changed nothing, in their order. */
export function rejectionsOf({ executor, derivation }: Pick<RollupNode, "executor" | "derivation">): Rejection[] {
  const rejections: Rejection[] = [];
  let earlier = ZERO_WORD;
  for (const { number, outcome } of executor.executed()) {
    if (outcome === "returned") continue;
    const inputHash = derivation.inputHash(number);
    const link = hashRejection(earlier, inputHash);
    rejections.push({ number, inputHash, earlier, link });
    earlier = link;
  }
  return rejections;
}
