import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { BatchReader } from "./batchReader.js";
import { BlobReader } from "./blobReader.js";

/** The readers of a chain's sources, by their addresses; what is in calldata needs none. */
export function batchReaders({ addresses, deployment, blobs }: Chain): ReadonlyMap<Hex, BatchReader> {
  const readers = new Map<Hex, BatchReader>();
  addresses.sources.forEach((address, index) => {
    if (deployment.sources[index] !== "blob") return;
    readers.set(address, blobs === undefined ? WITHOUT_BLOBS : new BlobReader(blobs));
  });
  return readers;
}

const WITHOUT_BLOBS: BatchReader = {
  read: () =>
    Promise.reject(new RollupError("BLOBS_UNREADABLE", "This chain was connected without a way to read blobs.")),
};
