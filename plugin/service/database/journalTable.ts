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
import { IntentBytes } from "./intentBytes.js";

/** The journal of transactions in a node's file: what it writes is on disk when it returns. */
export class JournalTable implements TransactionJournal {
  private readonly bytes: IntentBytes;
  private readonly insert: StatementSync;
  private readonly replace: StatementSync;
  private readonly selectKey: StatementSync;
  private readonly selectOpen: StatementSync;
  private readonly selectAll: StatementSync;

  public constructor(private readonly file: SqliteFile) {
    this.bytes = new IntentBytes(file);
    this.insert = file.statement(
      "INSERT INTO intents (account, chain_id, key, nonce, open, content) VALUES (?, ?, ?, ?, ?, '')",
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
      const { lastInsertRowid } = this.insert.run(account, chainId, key, nonce, Number(isOpen(intent)));
      const added = { ...intent, id: Number(lastInsertRowid) };
      this.update(added);
      return added;
    });
  }

  public update(intent: Intent): void {
    const { nonce, id } = intent;
    this.file.commit(() => {
      const { changes } = this.replace.run(nonce, Number(isOpen(intent)), encodeIntent(this.bytes.put(intent)), id);
      if (Number(changes) === 0) throw intentUnknown(intent);
    });
  }

  public find({ account, chainId }: JournalAccount, key: string): Intent | undefined {
    return this.intentOf(this.selectKey.get(account, chainId, key));
  }

  public open({ account, chainId }: JournalAccount): readonly Intent[] {
    return this.selectOpen.all(account, chainId).map((row) => this.intentOf(row)!);
  }

  public *all({ account, chainId }: JournalAccount): Generator<Intent> {
    for (const row of this.selectAll.all(account, chainId)) yield this.intentOf(row)!;
  }

  /** The row says which it is: some texts were written before that was known. */
  private intentOf(row: Record<string, unknown> | undefined): Intent | undefined {
    return row && this.bytes.take({ ...decodeIntent(row.content as string), id: Number(row.id) });
  }
}
