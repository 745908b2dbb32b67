import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import { BLOB_BYTES, FIELD_ELEMENTS, SCALAR_ORDER } from "./kzg.js";

/**
 * A blob's elements as numbers.
 * @throws {RollupError} `BLOB_LENGTH`, `BLOB_ELEMENT`.
 */
export function elementsOf(blob: Uint8Array): bigint[] {
  checkLength(blob);
  const elements = new Array<bigint>(FIELD_ELEMENTS);
  for (let index = 0; index < FIELD_ELEMENTS; index++) {
    const element = BigInt(elementAt(blob, index));
    if (element >= SCALAR_ORDER) throw notCanonical(blob, index);
    elements[index] = element;
  }
  return elements;
}

/** The element at `index` as it stands in a blob, canonical or not. */
export function elementAt(blob: Uint8Array, index: number): Hex {
  return bytesToHex(blob.subarray(32 * index, 32 * index + 32));
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
    expected: `below 0x${SCALAR_ORDER.toString(16)}`,
  });
}
