import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { QueuedMessage } from "../../node/nodeStore.js";

interface MessageRow {
  readonly message: number;
  readonly kind: number;
  readonly sender: Hex;
  readonly commitment: Hex;
  readonly data: Uint8Array;
  readonly queued_at: number;
  readonly block: number;
}

/** The messages of a chain's queue. */
export class MessageTable {
  /** How many were queued. */
  public count = 0;
  private readonly insert: StatementSync;
  private readonly selectFrom: StatementSync;
  private readonly selectLast: StatementSync;
  private readonly removeAfter: StatementSync;
  private readonly removeBelow: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.selectFrom = file.statement("SELECT * FROM messages WHERE message >= ? ORDER BY message");
    this.selectLast = file.statement("SELECT max(message) AS message FROM messages");
    this.removeAfter = file.statement("DELETE FROM messages WHERE block > ?");
    this.removeBelow = file.statement("DELETE FROM messages WHERE message < ?");
    this.resume();
  }

  public append({ message, kind, sender, commitment, data, queuedAt, block }: QueuedMessage): void {
    this.insert.run(message, kind, sender, commitment, data, queuedAt, block);
    this.count += 1;
  }

  /** Those from one on, in their order. */
  public from(message: number): QueuedMessage[] {
    return (this.selectFrom.all(message) as unknown as MessageRow[]).map(({ queued_at: queuedAt, ...row }) => ({
      ...row,
      message: BigInt(row.message),
      kind: BigInt(row.kind),
      queuedAt: BigInt(queuedAt),
    }));
  }

  public rollBack(block: number): void {
    this.removeAfter.run(block);
    this.resume();
  }

  /** Forgets those below one, but not the last. */
  public prune(below: number): void {
    this.removeBelow.run(Math.min(below, this.count - 1));
  }

  private resume(): void {
    const last = this.selectLast.get()?.message as number | null;
    this.count = last === null ? 0 : last + 1;
  }
}
