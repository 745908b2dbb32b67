import { DatabaseSync, type StatementSync } from "node:sqlite";

import { formatFact, RollupError } from "../errors.js";

/** How errors of one kind of file are told. */
export interface FileErrors {
  /** Another process has the file. */
  readonly busy: readonly [code: string, sentence: string, advice: string];
  /** It is somebody else's. */
  readonly foreign: readonly [sentence: string, advice: string];
}

/** What a file is, and what must be in it. */
export interface SqliteFileOptions {
  /** `:memory:` forgets everything. */
  readonly path: string;
  /** Whose it is; written down when it is made, and compared ever after. */
  readonly owner: object;
  /** Set before anything is read, e.g. `journal_mode = WAL`. */
  readonly pragmas: readonly string[];
  /** What makes version 1 of nothing, version 2 of version 1, and so on; never changed, only added to. */
  readonly migrations: readonly string[];
  readonly errors: FileErrors;
}

const OWNER_TABLE =
  "CREATE TABLE IF NOT EXISTS owner (only INTEGER PRIMARY KEY CHECK (only = 1), identity TEXT NOT NULL)";

const SQLITE_BUSY = 5;
/** What SQLite says of a file that is damaged, or none of its own. */
const DAMAGED: readonly number[] = [11, 26];

/** A SQLite file that one process has at a time and that names its owner. What is committed is there as a whole or not at all. */
export class SqliteFile {
  private isOpen = true;
  private depth = 0;

  private constructor(
    public readonly path: string,
    private readonly database: DatabaseSync,
  ) {}

  /**
   * Opens the file, or makes it, and brings it to the newest version.
   * @throws {RollupError} The code of `errors.busy`; `DATABASE_FOREIGN`, `DATABASE_NEWER`, `DATABASE_DAMAGED`, `DATABASE_UNREADABLE`.
   */
  public static open(options: SqliteFileOptions): SqliteFile {
    return translated(options, () => {
      const database = new DatabaseSync(options.path);
      try {
        for (const pragma of options.pragmas) database.exec(`PRAGMA ${pragma}`);
        migrate(database, options);
        requireOwner(database, options);
        return new SqliteFile(options.path, database);
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  /** A statement to be run many times. */
  public statement(sql: string): StatementSync {
    return this.database.prepare(sql);
  }

  public execute(sql: string): void {
    this.database.exec(sql);
  }

  /**
   * Does `work` as one: all of it is kept when this comes back, or nothing is if it throws. Within another commit it is part of that one.
   * @param promised Whether it must be on disk when this comes back, also if the machine loses its power.
   */
  public commit<T>(work: () => T, promised = true): T {
    if (this.depth > 0) return work();
    if (!promised) this.database.exec("PRAGMA synchronous = NORMAL");
    this.database.exec("BEGIN IMMEDIATE");
    this.depth += 1;
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    } finally {
      this.depth -= 1;
      if (!promised) this.database.exec("PRAGMA synchronous = FULL");
    }
  }

  /** May be called again. */
  public close(): void {
    if (this.isOpen) this.database.close();
    this.isOpen = false;
  }

  /** Some failures of a commit have ended its transaction already. */
  private rollBack(): void {
    try {
      this.database.exec("ROLLBACK");
    } catch {
      // There was nothing to roll back.
    }
  }
}

/** Whether an error says that a file is damaged. */
export function isDamaged(error: unknown): boolean {
  if (error instanceof RollupError) return error.code === "DATABASE_DAMAGED";
  const { errcode } = error as { readonly errcode?: number };
  // Extended codes have the kind in their lowest byte.
  return errcode !== undefined && DAMAGED.includes(errcode & 0xff);
}

function migrate(database: DatabaseSync, { path, migrations }: SqliteFileOptions): void {
  database.exec("BEGIN EXCLUSIVE");
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > migrations.length) {
    throw new RollupError("DATABASE_NEWER", "This file was written by a newer version of this package.", {
      path,
      given: `version ${version}`,
      expected: `at most version ${migrations.length}`,
      do: "update hardhat-rollup, or name another file",
    });
  }
  database.exec(OWNER_TABLE);
  for (const migration of migrations.slice(version)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec("COMMIT");
}

function requireOwner(database: DatabaseSync, { path, owner, errors }: SqliteFileOptions): void {
  const identity = formatFact(owner);
  database.prepare("INSERT OR IGNORE INTO owner VALUES (1, ?)").run(identity);
  const found = database.prepare("SELECT identity FROM owner").get()?.identity;
  if (found === identity) return;
  const [sentence, advice] = errors.foreign;
  throw new RollupError("DATABASE_FOREIGN", sentence, { path, given: found, expected: identity, do: advice });
}

function translated<T>({ path, errors }: SqliteFileOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RollupError) throw error;
    const cause = error as Error & { readonly errcode?: number };
    if (cause.errcode === SQLITE_BUSY) {
      const [code, sentence, advice] = errors.busy;
      throw new RollupError(code, sentence, { path, do: advice }, cause);
    }
    const code = isDamaged(cause) ? "DATABASE_DAMAGED" : "DATABASE_UNREADABLE";
    throw new RollupError(code, "The file cannot be used.", { path, reason: cause.message }, cause);
  }
}
