import { existsSync, renameSync, rmSync } from "node:fs";

import { isDamaged, SqliteFile, type FileErrors } from "../../database/sqliteFile.js";
import { RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";
import { hashBytes } from "../hashBytes.js";
import { Salvage, type SalvagedTransaction } from "./salvage.js";
import { SalvagedTable } from "./salvagedTable.js";
import { MIGRATIONS } from "./schema.js";

/** Whose a file is: of one chain on one network, executed by one program. */
export interface NodeDatabaseOwner {
  readonly chainId: bigint;
  /** Hash of the settlement layer's block 0. */
  readonly genesisBlock: Hex;
  readonly rollup: Hex;
  /** The program's hash. */
  readonly program: Hex;
}

/** Where a damaged file was put aside. */
export interface SetAside {
  readonly path: string;
  readonly reason: string;
  /** How many of users' transactions could be read and are in the new one. */
  readonly salvaged: number;
}

/** What is promised is on disk when a commit comes back; what can be derived anew may be lost with the machine's power, but is never half there. */
const PRAGMAS = ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL", "cache_size = -8000"];

const ERRORS: FileErrors = {
  busy: [
    "NODE_RUNNING",
    "A node runs for this chain already, or another program has its file.",
    "stop the other one, or name another file with --database",
  ],
  foreign: [
    "This file is of another chain, program or network.",
    "name another file with --database; if a development network was started anew, remove this one",
  ],
};

/** What a file that is made of a damaged one is called until it has all that it shall have. */
const REBUILT = ".rebuilt";
/** What SQLite keeps beside a file. */
const COMPANIONS = ["", "-wal", "-shm"];

/**
 * Opens a chain's file, or makes it. One that is damaged is put aside under another name, and begun anew with the users' transactions that can still
 * be read in it: all else is on the settlement layer.
 * @throws {RollupError} `NODE_RUNNING`, `DATABASE_FOREIGN`, `DATABASE_NEWER`, `DATABASE_UNREADABLE`.
 */
export function openNodeDatabase(
  path: string,
  owner: NodeDatabaseOwner,
  onSetAside: (aside: SetAside) => void,
): SqliteFile {
  // Whoever made it was killed between two names.
  if (!existsSync(path) && existsSync(path + REBUILT)) renameSync(path + REBUILT, path);
  const salvage = new Salvage();
  if (existsSync(path)) salvage.read(path, "log");
  try {
    return openChecked(path, owner, salvage.transactions);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const { transactions } = salvage.read(path, "file");
    rebuild(path, owner, transactions);
    const aside = setAside(path);
    renameSync(path + REBUILT, path);
    onSetAside({ path: aside, reason: reasonOf(error), salvaged: transactions.length });
    return openChecked(path, owner, []);
  }
}

/** Makes a new file beside a damaged one, which is whole when this comes back. */
function rebuild(path: string, owner: NodeDatabaseOwner, transactions: readonly SalvagedTransaction[]): void {
  for (const suffix of COMPANIONS) rmSync(path + REBUILT + suffix, { force: true });
  closeNodeDatabase(openChecked(path + REBUILT, owner, transactions));
}

function reasonOf(error: unknown): string {
  return error instanceof RollupError ? String(error.facts.reason) : (error as Error).message;
}

/** @param transactions Are added if they are missing. */
function openChecked(path: string, owner: NodeDatabaseOwner, transactions: readonly SalvagedTransaction[]): SqliteFile {
  const file = SqliteFile.open({ path, owner, pragmas: PRAGMAS, migrations: MIGRATIONS, errors: ERRORS });
  try {
    checkWhole(file);
    new SalvagedTable(file).addMissing(transactions);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A file that was not closed is looked through: a process that was killed damages none, a disk may. */
function checkWhole(file: SqliteFile): void {
  const closed = file.statement("SELECT value FROM facts WHERE name = 'closed'").get()?.value;
  if (closed !== "yes") {
    const found = file.statement("PRAGMA quick_check(1)").get()?.quick_check;
    if (found !== "ok") throw damaged(file, String(found));
    checkWaiting(file);
  }
  markClosed(file, "no");
}

/** SQLite compares neither a row's content nor an index with its table, and what was promised is in nobody else's hands. */
function checkWaiting(file: SqliteFile): void {
  const waits = "batch IS NULL AND input IS NULL AND refusal IS NULL";
  const rows = file.statement(`SELECT hash, data FROM transactions NOT INDEXED WHERE ${waits}`);
  let count = 0;
  for (const { hash, data } of rows.iterate() as Iterable<{ hash: string; data: Uint8Array }>) {
    if (hashBytes(data) !== hash) throw damaged(file, `transaction ${hash} is another`);
    count += 1;
  }
  const indexed = file.statement(
    `SELECT count(*) AS count FROM transactions INDEXED BY transactions_waiting WHERE ${waits}`,
  );
  const listed = Number(indexed.get()?.count);
  if (listed !== count) throw damaged(file, `${count} transactions wait, and ${listed} are listed`);
}

function damaged({ path }: SqliteFile, reason: string): RollupError {
  return new RollupError("DATABASE_DAMAGED", "The file is damaged.", { path, reason });
}

/** Closes a file so that it need not be looked through when it is opened again. */
export function closeNodeDatabase(file: SqliteFile): void {
  markClosed(file, "yes");
  file.close();
}

function markClosed(file: SqliteFile, closed: "yes" | "no"): void {
  file.commit(() => file.statement("INSERT OR REPLACE INTO facts VALUES ('closed', ?)").run(closed), false);
}

function setAside(path: string): string {
  let name = `${path}.damaged`;
  for (let count = 2; existsSync(name); count++) name = `${path}.damaged-${count}`;
  for (const suffix of COMPANIONS) {
    if (existsSync(path + suffix)) renameSync(path + suffix, name + suffix);
  }
  return name;
}
