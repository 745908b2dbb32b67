import { createHash } from "node:crypto";

import { BLOB_BYTES, FIELD_ELEMENTS, SCALAR_ORDER } from "../../plugin/blobs/kzg.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import { wordOf } from "../../plugin/hex.js";

/** Blobs that anyone can make again, by what is special about them. */
export const PATTERNS = {
  zero: () => 0n,
  constant: () => scalar("constant"),
  /** A history that ends early and idles. */
  idle: (index: number) => scalar(Math.min(index, 100)),
  random: (index: number) => scalar(index),
  /** Elements next to the field's order, with gaps. */
  largest: (index: number) => (index % 3 === 0 ? SCALAR_ORDER - 1n - BigInt(index) : 0n),
  /** Nothing but the last element. */
  last: (index: number) => (index === FIELD_ELEMENTS - 1 ? 1n : 0n),
} satisfies Record<string, (index: number) => bigint>;

export type Pattern = keyof typeof PATTERNS;

/** The blob of a pattern. */
export function blobOf(pattern: Pattern): Uint8Array {
  const blob = new Uint8Array(BLOB_BYTES);
  for (let index = 0; index < FIELD_ELEMENTS; index++) blob.set(wordOf(PATTERNS[pattern](index)), 32 * index);
  return blob;
}

/** A blob with a batch of `length` bytes. */
export function batchBlob(length: number): Uint8Array {
  return packBlobs(new Uint8Array(length).map((_, at) => at * 7 + (at >> 8)))[0];
}

function scalar(seed: string | number): bigint {
  return BigInt(`0x${createHash("sha256").update(String(seed)).digest("hex")}`) % SCALAR_ORDER;
}
