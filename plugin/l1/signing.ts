import { keccak256, SigningKey, Transaction, type BlobLike } from "ethers";

import type { BlobAccess } from "../blobs/access.js";
import { loadKzg } from "../blobs/kzg.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { proveSidecar, sidecarVersion, type PreparedBlob } from "../node/blobTransaction.js";
import type { Fees } from "./fees.js";
import type { Attempt, Intent } from "./intent.js";

/** Signs a transaction for an intent. @param key Of its account. @param block The latest block's number. @param at In milliseconds. */
export function signAttempt(intent: Intent, fees: Fees, key: Hex, block: number, at: number): Attempt {
  const { to, data, value, gasLimit, blobs } = intent.transaction;
  const { maxFeePerGas, maxPriorityFeePerGas, maxFeePerBlobGas } = fees;
  const common = {
    chainId: intent.chainId,
    nonce: intent.nonce,
    to,
    data,
    value,
    gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas,
  };
  const signed = Transaction.from(
    blobs.length === 0
      ? { ...common, type: 2 }
      : { ...common, type: 3, maxFeePerBlobGas, blobVersionedHashes: [...blobs] },
  );
  signed.signature = new SigningKey(key).sign(signed.unsignedHash);
  const raw = signed.serialized as Hex;
  return { hash: keccak256(raw) as Hex, raw, ...fees, block, at };
}

/** Computes the proofs of blobs, which are kept for when they are sent. */
export async function proveBlobs(hashes: readonly Hex[], access: BlobAccess): Promise<BlobLike[]> {
  const [kzg, version] = [await loadKzg(), await sidecarVersion(access)];
  const blobs: PreparedBlob[] = [];
  for (const hash of hashes) {
    const data = await access.store.get(hash);
    blobs.push({ data, commitment: await kzg.commit(data) });
  }
  return proveSidecar(kzg, blobs, version);
}

/**
 * A signed transaction as it is handed to the network: with the sidecar of its blobs, which the store must have.
 * @throws {BlobMissingError} @throws {RollupError} `BLOBS_UNREACHABLE` without access to blobs.
 */
export async function networkForm(raw: Hex, hashes: readonly Hex[], access: BlobAccess | undefined): Promise<Hex> {
  if (hashes.length === 0) return raw;
  if (access === undefined) throw blobsUnreachable();
  const transaction = Transaction.from(raw);
  transaction.blobs = await proveBlobs(hashes, access);
  const version = await sidecarVersion(access);
  transaction.blobWrapperVersion = version === 0 ? null : version;
  return transaction.serialized as Hex;
}

function blobsUnreachable(): RollupError {
  return new RollupError("BLOBS_UNREACHABLE", "A transaction with blobs is sent by who has a store of them.", {
    do: "open the manager of transactions with `blobs`",
  });
}
