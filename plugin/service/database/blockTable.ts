import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { ReadBlock } from "../../node/eventReader.js";
import type { BlockLog } from "../../node/nodeStore.js";

/** The blocks of the settlement layer that were read and may be replaced. */
export class BlockTable implements BlockLog {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly remove: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT OR REPLACE INTO blocks VALUES (?, ?)");
    this.select = file.statement("SELECT number, hash FROM blocks ORDER BY number");
    this.remove = file.statement("DELETE FROM blocks WHERE number = ?");
  }

  public all(): readonly ReadBlock[] {
    return this.select.all() as unknown as ReadBlock[];
  }

  public replace(blocks: readonly ReadBlock[]): void {
    const there = new Map(this.all().map(({ number, hash }) => [number, hash]));
    for (const { number, hash } of blocks) {
      if (there.get(number) !== hash) this.insert.run(number, hash);
      there.delete(number);
    }
    for (const number of there.keys()) this.remove.run(number);
  }
}
