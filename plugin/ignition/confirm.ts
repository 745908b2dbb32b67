import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Provider, TransactionReceipt } from "ethers";

import type { JournalMessage } from "./messages.js";

const POLL_MILLISECONDS = 250;

/** A transaction that was sent and of which the journal does not say what came of it. */
interface SentTransaction {
  readonly futureId: string;
  readonly networkInteractionId: number;
  /** All that were sent for it, those with higher fees behind. */
  readonly hashes: string[];
}

/**
 * Writes into a journal what came of transactions that were sent before their process died. Ignition would look at them only after it has sent
 * what it has not sent yet, and refuses to send if the account's count says that later ones are mined. What the network has forgotten is left to it.
 * @param confirmations How many blocks deep a transaction has to lie; waited for.
 */
export async function confirmSent(
  journal: string,
  messages: readonly JournalMessage[],
  provider: Provider,
  confirmations: number,
): Promise<void> {
  for (const { futureId, networkInteractionId, hashes } of unconfirmed(messages)) {
    const receipt = await receiptOf(hashes, provider, confirmations);
    if (receipt === undefined) continue;
    const message = {
      type: "TRANSACTION_CONFIRM",
      futureId,
      networkInteractionId,
      hash: receipt.hash,
      receipt: journalReceipt(receipt),
    };
    await appendFile(join(journal, "journal.jsonl"), `\n${JSON.stringify(message)}`, { flush: true });
  }
}

function unconfirmed(messages: readonly JournalMessage[]): SentTransaction[] {
  const sent = new Map<string, SentTransaction>();
  for (const { type, futureId = "", networkInteractionId = 0, transaction } of messages) {
    const key = `${futureId} ${networkInteractionId}`;
    if (type === "TRANSACTION_SEND" && transaction !== undefined) {
      const known = sent.get(key)?.hashes ?? [];
      sent.set(key, { futureId, networkInteractionId, hashes: [...known, transaction.hash] });
    } else if (type === "TRANSACTION_CONFIRM") sent.delete(key);
    else if (type === "WIPE_APPLY" || type.endsWith("_COMPLETE") || type.startsWith("ONCHAIN_INTERACTION_")) {
      for (const known of [...sent.keys()].filter((one) => one.startsWith(`${futureId} `))) sent.delete(known);
    }
  }
  return [...sent.values()];
}

async function receiptOf(
  hashes: readonly string[],
  provider: Provider,
  confirmations: number,
): Promise<TransactionReceipt | undefined> {
  for (;;) {
    const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)));
    const receipt = receipts.find((one) => one !== null);
    if (receipt === undefined || receipt === null) return undefined;
    if ((await provider.getBlockNumber()) - receipt.blockNumber + 1 >= confirmations) return receipt;
    await sleep(POLL_MILLISECONDS);
  }
}

/** A receipt as Ignition keeps it. */
function journalReceipt({ blockHash, blockNumber, contractAddress, logs, status }: TransactionReceipt): object {
  return {
    blockHash,
    blockNumber,
    ...(contractAddress === null ? {} : { contractAddress }),
    logs: logs.map(({ address, data, index, topics }) => ({ address, data, logIndex: index, topics: [...topics] })),
    status: status === 1 ? "SUCCESS" : "FAILURE",
  };
}
