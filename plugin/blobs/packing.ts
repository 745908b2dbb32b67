import { RollupError } from "../errors.js";
import { BLOB_BYTES, FIELD_ELEMENTS } from "./kzg.js";

/** Bytes of payload that an element holds: the low 31 of its 32, so that it is below the field's order whatever they are. */
export const ELEMENT_PAYLOAD = 31;

/** Bytes of payload that a blob holds. */
export const BLOB_PAYLOAD = FIELD_ELEMENTS * ELEMENT_PAYLOAD;

/** Blobs that a batch may take. */
export const MAX_BATCH_BLOBS = 6;

/** How many blobs hold `length` bytes: at least one. */
export function blobsFor(length: number): number {
  return Math.max(1, Math.ceil(length / BLOB_PAYLOAD));
}

/**
 * `bytes` in blobs: element `k` of blob `j` holds the 31 bytes from `31 * (4096 * j + k)` below a zero byte; what is left of the
 * last blob is zero.
 * @throws {RollupError} `BLOB_BATCH_TOO_LONG` if that takes more than six blobs.
 */
export function packBlobs(bytes: Uint8Array): Uint8Array[] {
  const count = blobsFor(bytes.length);
  if (count > MAX_BATCH_BLOBS) {
    throw new RollupError("BLOB_BATCH_TOO_LONG", "A batch has more bytes than its blobs can hold.", {
      given: bytes.length,
      expected: `at most ${MAX_BATCH_BLOBS * BLOB_PAYLOAD}`,
    });
  }
  return Array.from({ length: count }, (_, blob) =>
    packOne(bytes.subarray(blob * BLOB_PAYLOAD, (blob + 1) * BLOB_PAYLOAD)),
  );
}

/**
 * The first `length` bytes that `blobs` hold. Of an element only the low 31 bytes count, whatever its top byte is: so it is on
 * chain, too, where nobody can forbid another one.
 * @throws {RollupError} `BLOB_BATCH_TOO_SHORT` if they hold fewer.
 */
export function unpackBlobs(blobs: readonly Uint8Array[], length: number): Uint8Array {
  if (blobs.length * BLOB_PAYLOAD < length) {
    throw new RollupError("BLOB_BATCH_TOO_SHORT", "A batch's blobs hold fewer bytes than it says it has.", {
      given: blobs.length * BLOB_PAYLOAD,
      expected: length,
    });
  }
  const bytes = new Uint8Array(blobs.length * BLOB_PAYLOAD);
  blobs.forEach((blob, number) => {
    for (let element = 0; element < FIELD_ELEMENTS; element++) {
      const from = 32 * element + 1;
      bytes.set(blob.subarray(from, from + ELEMENT_PAYLOAD), number * BLOB_PAYLOAD + element * ELEMENT_PAYLOAD);
    }
  });
  return bytes.subarray(0, length);
}

function packOne(payload: Uint8Array): Uint8Array {
  const blob = new Uint8Array(BLOB_BYTES);
  for (let element = 0; element * ELEMENT_PAYLOAD < payload.length; element++) {
    const from = element * ELEMENT_PAYLOAD;
    blob.set(payload.subarray(from, from + ELEMENT_PAYLOAD), 32 * element + 1);
  }
  return blob;
}
