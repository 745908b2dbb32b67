import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { BatchReader } from "./batchReader.js";
import { BlobReader } from "./blobReader.js";
import { CommitteeReader } from "./committeeReader.js";

/** The readers of a chain's sources, by their addresses; what is in calldata needs none. */
export function batchReaders({ addresses, deployment, blobs, committee }: Chain): ReadonlyMap<Hex, BatchReader> {
  const readers = new Map<Hex, BatchReader>();
  addresses.sources.forEach((address, index) => {
    const kind = deployment.sources[index];
    if (kind === "blob") readers.set(address, blobs === undefined ? WITHOUT_BLOBS : new BlobReader(blobs));
    if (kind === "committee") {
      readers.set(address, committee === undefined ? WITHOUT_COMMITTEE : new CommitteeReader(committee));
    }
  });
  return readers;
}

const WITHOUT_BLOBS = unreadable("BLOBS_UNREADABLE", "This chain was connected without a way to read blobs.");
const WITHOUT_COMMITTEE = unreadable("COMMITTEE_UNKNOWN", "This chain was connected without its committee's members.");

function unreadable(code: string, message: string): BatchReader {
  return { read: () => Promise.reject(new RollupError(code, message)) };
}
