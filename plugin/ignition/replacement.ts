import { appendFile } from "node:fs/promises";
import { join } from "node:path";

import type { Provider, TransactionResponse } from "ethers";

import type { LostTransaction } from "./lostTransactions.js";
import type { JournalMessage } from "./messages.js";

/** Whether the network still has one of those that were to be replaced: then Ignition goes on from there, as if nothing had happened. */
export async function hasPredecessor({ before }: LostTransaction, provider: Provider): Promise<boolean> {
  const known = await Promise.all(before.map((hash) => provider.getTransaction(hash)));
  return known.some((transaction) => transaction !== null);
}

/**
 * Writes into a journal under which hash a transaction was sent in place of another. Ignition would take it for somebody else's, and send the same again.
 * @returns Whether it is what the journal wants; if not, it is somebody else's.
 */
export async function trackReplacement(
  journal: string,
  messages: readonly JournalMessage[],
  { futureId, networkInteractionId, nonce }: LostTransaction,
  hash: string,
  provider: Provider,
): Promise<boolean> {
  const transaction = await provider.getTransaction(hash);
  const wanted = messages.findLast(
    (message) => message.futureId === futureId && message.networkInteraction?.id === networkInteractionId,
  )?.networkInteraction;
  if (transaction === null || wanted === undefined || !isWanted(transaction, wanted)) return false;
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = transaction;
  const fees = maxFeePerGas === null ? { gasPrice } : { maxFeePerGas, maxPriorityFeePerGas };
  const about = { futureId, networkInteractionId, nonce };
  const message = { type: "TRANSACTION_SEND", ...about, transaction: { hash, fees } };
  await appendFile(join(journal, "journal.jsonl"), `\n${JSON.stringify(message, asIgnition)}`, { flush: true });
  return true;
}

function isWanted(
  { to, data, value }: TransactionResponse,
  wanted: NonNullable<JournalMessage["networkInteraction"]>,
): boolean {
  const isSamePlace = (to ?? "").toLowerCase() === (wanted.to ?? "").toLowerCase();
  return isSamePlace && data === wanted.data && value === BigInt(wanted.value.value);
}

/** Numbers as Ignition's journals have them. */
function asIgnition(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? { _kind: "bigint", value: value.toString() } : value;
}
