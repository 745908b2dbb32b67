import type { BlobAccess } from "../blobs/access.js";
import { unpackBlobs, blobsFor } from "../blobs/packing.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { ProofNeeded } from "../input.js";
import type { BatchReader, FoundBatch, PostedBatch } from "./batchReader.js";
import { BlobBatch, commitBlobs, decodeBlobBatch } from "./blobSource.js";

/** Finds batches that were posted in blobs. A blob that is found is the right one: the store checks it against its versioned hash. */
export class BlobReader implements BatchReader {
  public constructor(private readonly access: BlobAccess) {}

  public async read({ header, posted, transaction }: PostedBatch): Promise<FoundBatch> {
    const { length, first } = decodeBlobBatch(posted);
    const carried = await this.versionedHashes(transaction);
    const hashes = carried.slice(first, first + blobsFor(length));
    const commitment = commitBlobs(hashes);
    if (commitment !== header.commitment) {
      throw new RollupError(
        "DERIVATION_MISMATCH",
        "A batch's transaction has other blobs than its header commits to.",
        {
          given: commitment,
          expected: header.commitment,
          transaction,
        },
      );
    }
    const blobs: Uint8Array[] = [];
    for (const hash of hashes) blobs.push(await this.access.store.get(hash, { timestamp: Number(header.timestamp) }));
    return { data: unpackBlobs(blobs, length), commitment, proveWord: prover(length, blobs) };
  }

  private async versionedHashes(transaction: Hex): Promise<readonly Hex[]> {
    const found = (await this.access.request("eth_getTransactionByHash", [transaction])) as {
      readonly blobVersionedHashes?: readonly Hex[];
    } | null;
    if (found !== null) return found.blobVersionedHashes ?? [];
    throw new RollupError("REORGANIZED", "A transaction vanished while it was read.", { transaction });
  }
}

/** Proofs of words, computed when they are first asked for: each takes more than a second without a native library. */
function prover(length: number, blobs: readonly Uint8Array[]): FoundBatch["proveWord"] {
  const proofs = new Map<number, Uint8Array>();
  return (index) => {
    const known = proofs.get(index);
    if (known !== undefined) return known;
    throw new ProofNeeded(async () => {
      const batch = await BlobBatch.of(length, blobs);
      proofs.set(index, await batch.proveWord(index));
    });
  };
}
