import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import {
  decodeIntent,
  encodeIntent,
  isOpen,
  type Intent,
  type JournalAccount,
  type NewIntent,
} from "../../l1/intent.js";
import { intentUnknown, requireFree, type TransactionJournal } from "../../l1/transactionJournal.js";

/** The journal of transactions in a node's file: what it writes is on disk when it returns. */
export class JournalTable implements TransactionJournal {
  private readonly insert: StatementSync;
  private readonly replace: StatementSync;
  private readonly selectKey: StatementSync;
  private readonly selectOpen: StatementSync;
  private readonly selectAll: StatementSync;

  public constructor(private readonly file: SqliteFile) {
    this.insert = file.statement(
      "INSERT INTO intents (account, chain_id, key, nonce, open, content) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.replace = file.statement("UPDATE intents SET nonce = ?, open = ?, content = ? WHERE id = ?");
    const where = "SELECT id, content FROM intents WHERE account = ? AND chain_id = ?";
    this.selectKey = file.statement(`${where} AND key = ? ORDER BY id DESC LIMIT 1`);
    this.selectOpen = file.statement(`${where} AND open = 1 ORDER BY nonce`);
    this.selectAll = file.statement(`${where} ORDER BY id`);
  }

  public add(intent: NewIntent): Intent {
    return this.file.commit(() => {
      requireFree(intent, this.find(intent, intent.key), this.open(intent));
      const { account, chainId, key, nonce } = intent;
      const open = Number(isOpen(intent));
      const { lastInsertRowid } = this.insert.run(
        account,
        chainId,
        key,
        nonce,
        open,
        encodeIntent({ ...intent, id: 0 }),
      );
      return { ...intent, id: Number(lastInsertRowid) };
    });
  }

  public update(intent: Intent): void {
    const { nonce, id } = intent;
    this.file.commit(() => {
      const { changes } = this.replace.run(nonce, Number(isOpen(intent)), encodeIntent(intent), id);
      if (Number(changes) === 0) throw intentUnknown(intent);
    });
  }

  public find({ account, chainId }: JournalAccount, key: string): Intent | undefined {
    return intentOf(this.selectKey.get(account, chainId, key));
  }

  public open({ account, chainId }: JournalAccount): readonly Intent[] {
    return this.selectOpen.all(account, chainId).map((row) => intentOf(row)!);
  }

  public *all({ account, chainId }: JournalAccount): Generator<Intent> {
    for (const row of this.selectAll.all(account, chainId)) yield intentOf(row)!;
  }
}

/** The row says which it is: the text was written before that was known. */
function intentOf(row: Record<string, unknown> | undefined): Intent | undefined {
  return row && { ...decodeIntent(row.content as string), id: Number(row.id) };
}
