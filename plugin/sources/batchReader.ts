import { concatBytes } from "@noble/hashes/utils.js";

import type { Hex } from "../hex.js";
import type { Input, InputHeader } from "../input.js";
import { wordAt, WordTree } from "./wordTree.js";

/** What is on the settlement layer of a batch whose bytes are elsewhere. */
export interface PostedBatch {
  readonly header: InputHeader;
  /** What its source was given. */
  readonly posted: Uint8Array;
  /** The transaction that posted it. */
  readonly transaction: Hex;
}

/** A batch's bytes, what they commit to, and the way to prove them. */
export interface FoundBatch extends Pick<Input, "data" | "proveWord"> {
  readonly commitment: Hex;
}

/** Finds the bytes of one source's batches. */
export interface BatchReader {
  /**
   * The batch's bytes, which are what its header commits to.
   * @throws {MissingDataError} If they are nowhere to be found now; they may be later.
   */
  read(batch: PostedBatch): Promise<FoundBatch>;
}

/** Bytes under the root of their word tree. */
export function wordTreeBatch(data: Uint8Array): FoundBatch {
  const tree = new WordTree(data);
  return { data, commitment: tree.root, proveWord: (index) => concatBytes(wordAt(data, index), tree.prove(index)) };
}
