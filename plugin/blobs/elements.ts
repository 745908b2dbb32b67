import { RollupError } from "../errors.js";
import { bytesToHex, wordOf, type Hex } from "../hex.js";
import { BLOB_BYTES, FIELD_ELEMENTS, SCALAR_ORDER } from "./kzg.js";

const WORD = 32;
const ORDER_BYTES = wordOf(SCALAR_ORDER);

/** The element at `index` as it stands in a blob, canonical or not. */
export function elementAt(blob: Uint8Array, index: number): Hex {
  return bytesToHex(blob.subarray(WORD * index, WORD * index + WORD));
}

/**
 * Only what passes can be committed to.
 * @throws {RollupError} `BLOB_LENGTH`, or `BLOB_ELEMENT` if an element is no scalar.
 */
export function checkBlob(blob: Uint8Array): void {
  checkLength(blob);
  for (let index = 0; index < FIELD_ELEMENTS; index++) {
    const at = WORD * index;
    if (blob[at] < ORDER_BYTES[0]) continue;
    if (Buffer.compare(blob.subarray(at, at + WORD), ORDER_BYTES) >= 0) throw notCanonical(blob, index);
  }
}

/** @throws {RollupError} `BLOB_LENGTH` if `blob` has not the length of every blob. */
export function checkLength(blob: Uint8Array): void {
  if (blob.length === BLOB_BYTES) return;
  throw new RollupError("BLOB_LENGTH", "A blob has a fixed length.", { given: blob.length, expected: BLOB_BYTES });
}

/** @throws {RollupError} `BLOB_INDEX` if no element has `index`. */
export function checkIndex(index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < FIELD_ELEMENTS) return;
  throw new RollupError("BLOB_INDEX", "A blob has no such element.", {
    given: index,
    expected: `0 to ${FIELD_ELEMENTS - 1}`,
  });
}

function notCanonical(blob: Uint8Array, index: number): RollupError {
  return new RollupError("BLOB_ELEMENT", `Element ${index} of a blob is no BLS12-381 scalar.`, {
    given: elementAt(blob, index),
    expected: `below ${bytesToHex(ORDER_BYTES)}`,
  });
}
