import { DatabaseSync, type StatementSync } from "node:sqlite";

import { formatFact, RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";

/** Whose a file is. What one member has signed says nothing of another, or of another network of the same number. */
export interface DatabaseOwner {
  readonly chainId: bigint;
  /** Hash of the settlement layer's block 0. */
  readonly genesisBlock: Hex;
  readonly committee: Hex;
  readonly member: Hex;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS owner (only INTEGER PRIMARY KEY CHECK (only = 1), identity TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS signed (
    purpose INTEGER NOT NULL, subject TEXT NOT NULL, parent TEXT NOT NULL, accumulator TEXT NOT NULL,
    value TEXT NOT NULL, epoch INTEGER NOT NULL, expiry INTEGER NOT NULL,
    PRIMARY KEY (purpose, subject, parent, accumulator)
  );
  CREATE TABLE IF NOT EXISTS batches (root TEXT PRIMARY KEY, expiry INTEGER NOT NULL, data BLOB NOT NULL);
`;

/**
 * A member's file. What is committed is on disk before `commit` comes back, and all of it is in this one file: there is no log beside it
 * that a copy could forget. One process has it at a time.
 */
export class MemberDatabase {
  private open = true;

  private constructor(private readonly database: DatabaseSync) {}

  /**
   * Opens the file, or makes it.
   * @param path `:memory:` forgets everything.
   * @throws {RollupError} `MEMBER_RUNNING` if another process has it, `DATABASE_FOREIGN` if it is another's, `DATABASE_UNREADABLE`.
   */
  public static open(path: string, owner: DatabaseOwner): MemberDatabase {
    try {
      const database = new DatabaseSync(path);
      return MemberDatabase.prepare(database, path, owner);
    } catch (error) {
      if (error instanceof RollupError) throw error;
      throw unusable(path, error as Error);
    }
  }

  /** A statement to be run many times. */
  public statement(sql: string): StatementSync {
    return this.database.prepare(sql);
  }

  /** Does `work` as one: all of it is on disk when this comes back, or nothing is if it throws. */
  public commit<T>(work: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** May be called again. */
  public close(): void {
    if (this.open) this.database.close();
    this.open = false;
  }

  /** Some failures of a commit have ended its transaction already. */
  private rollBack(): void {
    try {
      this.database.exec("ROLLBACK");
    } catch {
      // There was nothing to roll back.
    }
  }

  private static prepare(database: DatabaseSync, path: string, owner: DatabaseOwner): MemberDatabase {
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
      database.exec(`BEGIN EXCLUSIVE; ${TABLES} COMMIT`);
      requireOwner(database, path, owner);
      return new MemberDatabase(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

function requireOwner(database: DatabaseSync, path: string, owner: DatabaseOwner): void {
  const identity = formatFact(owner);
  database.prepare("INSERT OR IGNORE INTO owner VALUES (1, ?)").run(identity);
  const found = database.prepare("SELECT identity FROM owner").get()?.identity;
  if (found === identity) return;
  throw new RollupError("DATABASE_FOREIGN", "This file is of another member, committee or network.", {
    path,
    given: found,
    expected: identity,
    do: "name another file; if a development network was started anew, remove this one",
  });
}

function unusable(path: string, error: Error): RollupError {
  const { errcode } = error as { readonly errcode?: number };
  if (errcode === SQLITE_BUSY) {
    return new RollupError(
      "MEMBER_RUNNING",
      "This member runs already, or another program has its file.",
      { path, do: "stop the other one: two that sign with one key may contradict each other" },
      error,
    );
  }
  return new RollupError(
    "DATABASE_UNREADABLE",
    "The member's file cannot be used.",
    { path, reason: error.message },
    error,
  );
}

const SQLITE_BUSY = 5;
