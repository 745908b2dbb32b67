import type { NetworkConnection } from "hardhat/types/network";

import { signerOf } from "./accounts.js";
import type { BlobAccess } from "./blobs/access.js";
import type { Account, ChainConfig } from "./config/types.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";
import { blobBaseFee } from "./node/blobFees.js";
import { canSendBlobs } from "./node/blobTransaction.js";

/**
 * A chain's configuration with the histories that it is deployed with: blobs, where the settlement layer has them and the chain's challenger
 * has the key to send them, or where nothing else was allowed.
 * @throws {RollupError} `BLOBS_UNSUPPORTED` if only blobs were allowed and there are none.
 */
export async function chooseHistory(
  connection: NetworkConnection,
  access: BlobAccess,
  config: ChainConfig,
): Promise<ChainConfig> {
  const { history, fallback, accounts } = config;
  if (history !== "blob") return config;
  if (fallback === undefined) await requireBlobs(access, connection.networkName);
  else if (!(await canSend(connection, access, accounts.challenger)))
    return { ...config, ...fallback, fallback: undefined };
  return { ...config, fallback: undefined };
}

async function canSend(connection: NetworkConnection, access: BlobAccess, account: Account): Promise<boolean> {
  const signer = await signerOf(connection, account).catch((error: unknown) => {
    // Whoever challenges this chain has an account elsewhere.
    if (error instanceof RollupError && error.code === "ACCOUNT_MISSING") return undefined;
    throw error;
  });
  return signer !== undefined && canSendBlobs(access, signer.address as Hex);
}

async function requireBlobs(access: BlobAccess, network: string): Promise<void> {
  if ((await blobBaseFee(access)) !== undefined) return;
  throw new RollupError("BLOBS_UNSUPPORTED", `Network "${network}" has no blobs.`, {
    do: 'use `history: "auto"`, which takes calldata where there are none',
  });
}
