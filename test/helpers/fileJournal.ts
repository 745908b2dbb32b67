import { appendFileSync, existsSync, readFileSync } from "node:fs";

import {
  decodeIntent,
  encodeIntent,
  type Intent,
  type JournalAccount,
  type NewIntent,
} from "../../plugin/l1/intent.js";
import { intentUnknown, MemoryJournal, type TransactionJournal } from "../../plugin/l1/transactionJournal.js";

/** A journal as a file with a line for every change, for tests that kill processes. */
export class FileJournal implements TransactionJournal {
  private readonly memory = new MemoryJournal();

  public constructor(private readonly path: string) {
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) this.replay(decodeIntent(line));
  }

  public add(intent: NewIntent): Intent {
    const added = this.memory.add(intent);
    this.append(added);
    return added;
  }

  public update(intent: Intent): void {
    this.memory.update(intent);
    this.append(intent);
  }

  public find(account: JournalAccount, key: string): Intent | undefined {
    return this.memory.find(account, key);
  }

  public open(account: JournalAccount): readonly Intent[] {
    return this.memory.open(account);
  }

  public all(account: JournalAccount): Iterable<Intent> {
    return this.memory.all(account);
  }

  private replay(intent: Intent): void {
    try {
      this.memory.update(intent);
    } catch (error) {
      if ((error as { code?: string }).code !== intentUnknown(intent).code) throw error;
      this.memory.add(intent);
    }
  }

  private append(intent: Intent): void {
    appendFileSync(this.path, `${encodeIntent(intent)}\n`);
  }
}
