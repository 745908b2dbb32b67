import type { BlobAccess } from "../blobs/access.js";
import type { Hex } from "../hex.js";

/** What one blob takes of a block's blob gas. */
export const BLOB_GAS = 2n ** 17n;

/** What a unit of blob gas costs in a block without excess, in wei. */
const LEAST_BLOB_FEE = 1n;

/** What a transaction's blobs took. */
export interface BlobSpent {
  readonly blobGas: bigint;
  /** Blob gas times its price, in wei. */
  readonly blobFee: bigint;
}

export const NO_BLOBS: BlobSpent = { blobGas: 0n, blobFee: 0n };

/** What a unit of blob gas costs in the next block, in wei; undefined on a settlement layer without blobs. */
export async function blobBaseFee(access: BlobAccess): Promise<bigint | undefined> {
  const header = (await access.request("eth_getBlockByNumber", ["latest", false])) as Header;
  if (header.excessBlobGas === undefined || header.excessBlobGas === null) return undefined;
  return BigInt((await access.request("eth_blobBaseFee", [])) as string);
}

/**
 * What a mined transaction's blobs took. Hardhat's receipts do not say: there it is the least price, where its block had no excess, or else what was told.
 * @param told What its blobs would cost in the next block, told before it was sent, or the most that they may cost.
 */
export async function blobSpent(access: BlobAccess, hash: Hex, told: BlobSpent): Promise<BlobSpent> {
  const receipt = (await access.request("eth_getTransactionReceipt", [hash])) as BlobReceipt;
  const { blobGasUsed, blobGasPrice, blockHash } = receipt;
  if (blobGasUsed !== undefined && blobGasPrice !== undefined) {
    return { blobGas: BigInt(blobGasUsed), blobFee: BigInt(blobGasUsed) * BigInt(blobGasPrice) };
  }
  const { blobGas, blobFee } = told;
  const block = (await access.request("eth_getBlockByHash", [blockHash, false])) as Header | null;
  const isCheapest = block?.excessBlobGas !== undefined && BigInt(block.excessBlobGas) === 0n;
  return { blobGas, blobFee: isCheapest ? LEAST_BLOB_FEE * blobGas : blobFee };
}

interface Header {
  readonly excessBlobGas?: string;
}

interface BlobReceipt {
  readonly blockHash: string;
  readonly blobGasUsed?: string;
  readonly blobGasPrice?: string;
}
