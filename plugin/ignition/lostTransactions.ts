import type { JournalMessage } from "./messages.js";

/** A transaction of which the journal says that it was about to be sent, and no more. */
export interface LostTransaction {
  readonly futureId: string;
  readonly networkInteractionId: number;
  readonly sender: string;
  readonly nonce: number;
  /** Those that were sent before for the same: it was to replace them, with higher fees. */
  readonly before: readonly string[];
}

/** What a journal was about to send when it ended, in its order. */
export function lostTransactions(messages: readonly JournalMessage[]): LostTransaction[] {
  const senders = new Map<string, string>();
  const lost = new Map<string, LostTransaction>();
  const sent = new Map<string, string[]>();
  for (const { type, futureId = "", networkInteractionId = 0, from, nonce = 0, transaction } of messages) {
    const key = `${futureId} ${networkInteractionId}`;
    if (from !== undefined) senders.set(futureId, from);
    if (type === "TRANSACTION_PREPARE_SEND") {
      const before = sent.get(key) ?? [];
      lost.set(key, { futureId, networkInteractionId, sender: senders.get(futureId) ?? "", nonce, before });
    } else if (type === "TRANSACTION_SEND") {
      sent.set(key, [...(sent.get(key) ?? []), transaction!.hash]);
      lost.delete(key);
    } else if (isDecided(type)) {
      for (const known of [lost, sent]) forget(known, type === "TRANSACTION_CONFIRM" ? key : `${futureId} `);
    }
  }
  return [...lost.values()];
}

/** Nothing is sent any more for what was to be sent, or it is begun anew. */
function isDecided(type: string): boolean {
  return type === "WIPE_APPLY" || type === "TRANSACTION_CONFIRM" || type.endsWith("_EXECUTION_STATE_COMPLETE");
}

function forget(known: Map<string, unknown>, prefix: string): void {
  for (const key of [...known.keys()]) if (key.startsWith(prefix)) known.delete(key);
}
