import type { BlobAccess } from "../blobs/access.js";
import type { Hex } from "../hex.js";

/** What one blob takes of a block's blob gas. */
export const BLOB_GAS = 2n ** 17n;

/** What a transaction's blobs took. */
export interface BlobSpent {
  readonly blobGas: bigint;
  /** Blob gas times its price, in wei. */
  readonly blobFee: bigint;
}

export const NO_BLOBS: BlobSpent = { blobGas: 0n, blobFee: 0n };

/** What a unit of blob gas costs in the next block, in wei; undefined on a settlement layer without blobs. */
export async function blobBaseFee(access: BlobAccess): Promise<bigint | undefined> {
  const header = (await access.request("eth_getBlockByNumber", ["latest", false])) as {
    readonly excessBlobGas?: string;
  };
  if (header.excessBlobGas === undefined || header.excessBlobGas === null) return undefined;
  return BigInt((await access.request("eth_blobBaseFee", [])) as string);
}

/**
 * What a mined transaction's blobs took. Hardhat's receipts do not say; there every transaction has a block of its own, so that what was
 * told before is what it was.
 * @param told What its blobs would cost in the next block, told before it was sent.
 */
export async function blobSpent(access: BlobAccess, hash: Hex, told: BlobSpent): Promise<BlobSpent> {
  const { blobGasUsed, blobGasPrice } = (await access.request("eth_getTransactionReceipt", [hash])) as BlobReceipt;
  if (blobGasUsed === undefined || blobGasPrice === undefined) return { blobGas: told.blobGas, blobFee: told.blobFee };
  return { blobGas: BigInt(blobGasUsed), blobFee: BigInt(blobGasUsed) * BigInt(blobGasPrice) };
}

interface BlobReceipt {
  readonly blobGasUsed?: string;
  readonly blobGasPrice?: string;
}
