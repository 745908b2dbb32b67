import type { Hex } from "../hex.js";

/** When a blob was posted: a beacon node knows blobs by their slot only. */
export interface BlobHint {
  /** The timestamp of the block whose transaction carried it, in seconds. */
  readonly timestamp?: number;
}

/** Where blobs are found again by their versioned hashes. */
export interface BlobStore {
  /** What this place is, as errors name it, e.g. `folder .hardhat-rollup/blobs`. */
  readonly name: string;
  /** The blob under `hash`, checked against it; nothing if this place does not have it. */
  get(hash: Hex, hint?: BlobHint): Promise<Uint8Array | undefined>;
  /** Keeps a blob, if this place can. */
  put(blob: Uint8Array, commitment: Hex): Promise<void>;
}
