import type { Hex } from "../hex.js";
import { RollupError } from "../errors.js";
import type { InputOutcome } from "./machine.js";
import { MerkleTree } from "./merkle.js";

/** What a machine that waits is made of: what can be written down and read again, the same for every machine but for what its registers are. */
export interface SnapshotImage {
  readonly outputRoot: Hex;
  /** Hash chain of the inputs that changed nothing. */
  readonly rejections: Hex;
  readonly inputCount: bigint;
  /** How the last input ended. */
  readonly outcome: InputOutcome | undefined;
  /** All of the core that is in no tree. */
  readonly registers: Uint8Array;
  readonly trees: readonly MerkleTree[];
}

/** A tree, or the pages of it that were ever written. */
export interface TreeImage {
  readonly depth: number;
  readonly pages: readonly (readonly [index: number, data: Uint8Array])[];
}

/** The tree that an image is of. */
export function treeOf({ depth, pages }: TreeImage): MerkleTree {
  return MerkleTree.empty(depth).withPages(pages);
}

/** An image cannot be what the machine was. */
export function badImage(reason: string): RollupError {
  return new RollupError("SNAPSHOT_INVALID", "What was kept of a machine is no state of it.", { reason });
}
