import { prepareBlobs } from "../../plugin/node/blobTransaction.js";
import { packBlobs } from "../../plugin/blobs/packing.js";
import { BlobBatch } from "../../plugin/sources/blobSource.js";

/** Bytes that look like noise, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** A batch and the blobs that it is sent in. */
export async function blobBatch(data: Uint8Array) {
  const blobs = await prepareBlobs(packBlobs(data));
  const commitments = blobs.map(({ commitment }) => commitment);
  return {
    data,
    blobs,
    batch: new BlobBatch(
      data.length,
      blobs.map((blob) => blob.data),
      commitments,
    ),
  };
}
