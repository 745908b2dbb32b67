import type { Hex } from "../hex.js";

/** What a KZG library offers, inside a thread: each blocks its thread for as long as it takes. Blobs are checked before they come here. */
export interface KzgFunctions {
  commit(blob: Uint8Array): Hex;
  prove(blob: Uint8Array, commitment: Hex): Hex;
  /** The proof of what the blob's polynomial is at `point`. */
  open(blob: Uint8Array, point: Hex): Hex;
  verify(commitment: Hex, point: Hex, value: Hex, proof: Hex): boolean;
  cells(blob: Uint8Array): Promise<Hex[]>;
}
