import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { PreimageLog } from "../../node/nodeStore.js";
import type { KnownPreimage } from "../../node/preimages.js";

interface PreimageRow {
  readonly as_of: number;
  readonly published_at: number | null;
  readonly data: Uint8Array | null;
}

/** The preimages that guests have read. */
export class PreimageTable implements PreimageLog {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly removeAfter: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT OR REPLACE INTO preimages VALUES (?, ?, ?, ?)");
    this.select = file.statement("SELECT as_of, published_at, data FROM preimages WHERE hash = ?");
    this.removeAfter = file.statement("DELETE FROM preimages WHERE as_of > ?");
  }

  public get(hash: Hex): KnownPreimage | undefined {
    const row = this.select.get(hash) as PreimageRow | undefined;
    if (row === undefined) return undefined;
    const asOf = BigInt(row.as_of);
    if (row.published_at === null || row.data === null) return { publishedAt: undefined, asOf };
    return { publishedAt: BigInt(row.published_at), asOf, data: row.data };
  }

  public put(hash: Hex, known: KnownPreimage): void {
    const found = known.publishedAt === undefined ? [null, null] : [known.publishedAt, known.data];
    this.insert.run(hash, known.asOf, ...found);
  }

  public rollBack(block: number): void {
    this.removeAfter.run(block);
  }
}
