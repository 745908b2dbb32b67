import type { Hex } from "../hex.js";

/** When a blob was posted, as far as it is known. */
export interface BlobHint {
  /** The timestamp of the block whose transaction carried it, in seconds: a beacon node knows blobs by their slot only. */
  readonly timestamp?: number;
}

/** Blobs by their versioned hashes, wherever they are. */
export interface BlobStore {
  /**
   * The blob under `hash`, checked against it.
   * @throws {BlobMissingError} if no place has it, with what each said.
   */
  get(hash: Hex, hint?: BlobHint): Promise<Uint8Array>;
  /** Keeps a blob that is sent or was seen. */
  put(blob: Uint8Array, commitment: Hex): Promise<void>;
}

/** One place where blobs may be. What it gives is nobody's word: the store that asks it checks it. */
export interface BlobPlace {
  /** As errors name it, e.g. `folder /home/me/project/.hardhat-rollup/blobs`. */
  readonly name: string;
  /**
   * What this place holds under `hash`; nothing if it has no such blob.
   * @throws if it cannot be asked.
   */
  get(hash: Hex, hint: BlobHint): Promise<Uint8Array | undefined>;
  /** Keeps a blob under its hash; absent where that is not for us to do. */
  put?(blob: Uint8Array, hash: Hex): Promise<void>;
}
