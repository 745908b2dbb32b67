import { setTimeout } from "node:timers/promises";

import type { ContractTransaction, Provider, TransactionReceipt } from "ethers";

import { versionedHash } from "../blobs/kzg.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { IntendedTransaction, Intent } from "../l1/intent.js";
import type { TransactionManager } from "../l1/transactionManager.js";
import type { BlobCargo } from "./blobTransaction.js";
import { explainRevert } from "./reverts.js";

/** How often, and how many milliseconds apart, an endpoint is asked for what another one has shown. */
const RECEIPT_TRIES = 50;
const RECEIPT_EVERY = 200;

/** What a transaction is for, for those who manage it. */
export interface Purpose {
  /** The same for the same thing, whoever asks for it and when: it is done once. */
  readonly key: string;
  /** Until when it must be mined to be of use, in seconds. */
  readonly until?: bigint;
}

/** What a manager is to send. */
export function intendedOf(
  { to, data, value }: ContractTransaction,
  gasLimit: bigint,
  cargo: BlobCargo | undefined,
): IntendedTransaction {
  const blobs = (cargo?.blobs ?? []).map(({ commitment }) => versionedHash(commitment));
  return { to: to as Hex, data: (data ?? "0x") as Hex, value: value ?? 0n, gasLimit, blobs };
}

/**
 * The receipt of an intent that was mined. Blocks are replaced, and then it may have another one.
 * @throws {RollupError} `NOT_MINED` if no endpoint shows it.
 */
export async function receiptOf(
  provider: Provider,
  manager: TransactionManager,
  { key }: Intent,
): Promise<{ readonly intent: Intent; readonly receipt: TransactionReceipt }> {
  for (let tries = 0; tries < RECEIPT_TRIES; tries++) {
    const intent = await manager.wait(key);
    const receipt = await provider.getTransactionReceipt(intent.mined!.hash);
    if (receipt !== null && (await receipt.getBlock().catch(() => null)) !== null) return { intent, receipt };
    await setTimeout(RECEIPT_EVERY);
  }
  throw new RollupError("NOT_MINED", "A transaction was mined, and no endpoint gives its receipt.", { key });
}

/** Why a transaction was refused when it was mined, by what the node says of it now. */
export async function explainRefused(provider: Provider, { account, transaction }: Intent): Promise<string> {
  const { to, data, value } = transaction;
  const call = provider.call({ from: account, to, data, value });
  return call.then(() => "another transaction was faster", explainRevert);
}
