import { decodeLedgerLog, messageLeaf, withdrawalLeaf } from "../guests/ledger.js";
import type { GuestLog } from "../machines/machine.js";
import type { Payout } from "./guestView.js";

/** So many leaves a tree of outputs has at most. */
const CAPACITY = 2n ** 32n;

/**
 * The outputs that a guest has logged as the SDK's outbox and the ledger do. Any guest may log anything: a proof tells whether it has published them,
 * too.
 */
export function loggedOutputs(logs: readonly GuestLog[]): readonly Payout[] {
  return logs.flatMap(({ data }) => outputOf(data) ?? []).filter(({ index }) => index < CAPACITY);
}

function outputOf(data: Uint8Array): Payout | undefined {
  const log = decodeLedgerLog(data);
  if (log?.kind === "withdrawal") {
    const { index, recipient } = log.withdrawal;
    return { index, recipient, leaf: withdrawalLeaf(log.withdrawal), content: { ...log.withdrawal } };
  }
  if (log?.kind !== "message") return undefined;
  const { index, target } = log.message;
  return { index, recipient: target, leaf: messageLeaf(log.message), content: { ...log.message } };
}
