import { existsSync, renameSync } from "node:fs";

import { SqliteFile, type FileErrors } from "../../database/sqliteFile.js";
import { RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";
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
}

/** What is promised is on disk when a commit comes back; what can be derived anew may be lost with the machine's power, but is never half there. */
const PRAGMAS = ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL", "cache_size = -16000"];

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

/**
 * Opens a chain's file, or makes it. One that is damaged is put aside under another name, and begun anew: all that it had but transactions that
 * were accepted and not posted is on the settlement layer.
 * @throws {RollupError} `NODE_RUNNING`, `DATABASE_FOREIGN`, `DATABASE_NEWER`, `DATABASE_UNREADABLE`.
 */
export function openNodeDatabase(
  path: string,
  owner: NodeDatabaseOwner,
  onSetAside: (aside: SetAside) => void,
): SqliteFile {
  try {
    return openChecked(path, owner);
  } catch (error) {
    if (!(error instanceof RollupError) || error.code !== "DATABASE_DAMAGED") throw error;
    const aside = setAside(path);
    onSetAside({ path: aside, reason: String(error.facts.reason) });
    return openChecked(path, owner);
  }
}

function openChecked(path: string, owner: NodeDatabaseOwner): SqliteFile {
  const file = SqliteFile.open({ path, owner, pragmas: PRAGMAS, migrations: MIGRATIONS, errors: ERRORS });
  try {
    checkWhole(file);
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
    if (found !== "ok") {
      throw new RollupError("DATABASE_DAMAGED", "The file is damaged.", { path: file.path, reason: String(found) });
    }
  }
  markClosed(file, "no");
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
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, name + suffix);
  }
  return name;
}
