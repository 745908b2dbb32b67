import type { StatementSync } from "node:sqlite";

import { SqliteFile, type FileErrors } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";

/** Whose a file is. What one member has signed says nothing of another, or of another network of the same number. */
export interface DatabaseOwner {
  readonly chainId: bigint;
  /** Hash of the settlement layer's block 0. */
  readonly genesisBlock: Hex;
  readonly committee: Hex;
  readonly member: Hex;
}

/** Nothing beside the file that a copy could forget; on disk, with its folder's entry, before `commit` comes back. */
const PRAGMAS = ["locking_mode = EXCLUSIVE", "journal_mode = DELETE", "synchronous = EXTRA"];

/** The first may find its tables there: files had no versions once. */
const MIGRATIONS = [
  `CREATE TABLE IF NOT EXISTS signed (
    purpose INTEGER NOT NULL, subject TEXT NOT NULL, parent TEXT NOT NULL, accumulator TEXT NOT NULL,
    value TEXT NOT NULL, epoch INTEGER NOT NULL, expiry INTEGER NOT NULL,
    PRIMARY KEY (purpose, subject, parent, accumulator)
  );
  CREATE TABLE IF NOT EXISTS batches (root TEXT PRIMARY KEY, expiry INTEGER NOT NULL, data BLOB NOT NULL);`,
];

const ERRORS: FileErrors = {
  busy: [
    "MEMBER_RUNNING",
    "This member runs already, or another program has its file.",
    "stop the other one: two that sign with one key may contradict each other",
  ],
  foreign: [
    "This file is of another member, committee or network.",
    "name another file; if a development network was started anew, remove this one",
  ],
};

/** A member's file. What is committed is on disk before `commit` comes back. One process has it at a time. */
export class MemberDatabase {
  private constructor(private readonly file: SqliteFile) {}

  /**
   * Opens the file, or makes it.
   * @param path `:memory:` forgets everything.
   * @throws {RollupError} `MEMBER_RUNNING` if another process has it, and as `SqliteFile.open`.
   */
  public static open(path: string, owner: DatabaseOwner): MemberDatabase {
    return new MemberDatabase(
      SqliteFile.open({ path, owner, pragmas: PRAGMAS, migrations: MIGRATIONS, errors: ERRORS }),
    );
  }

  /** A statement to be run many times. */
  public statement(sql: string): StatementSync {
    return this.file.statement(sql);
  }

  /** Does `work` as one: all of it is on disk when this comes back, or nothing is if it throws. */
  public commit<T>(work: () => T): T {
    return this.file.commit(work);
  }

  /** May be called again. */
  public close(): void {
    this.file.close();
  }
}
