import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SqliteFile } from "../../../plugin/database/sqliteFile.js";
import {
  openNodeDatabase,
  type NodeDatabaseOwner,
  type SetAside,
} from "../../../plugin/service/database/nodeDatabase.js";

export const OWNER: NodeDatabaseOwner = {
  chainId: 31_337n,
  genesisBlock: `0x${"01".repeat(32)}`,
  rollup: `0x${"02".repeat(20)}`,
  program: `0x${"03".repeat(32)}`,
};

/** The path of a file that is not there yet. */
export function temporaryFile(name: string): string {
  return join(mkdtempSync(join(tmpdir(), "rollup-database-")), `${name}.db`);
}

export function openTestDatabase(
  path: string,
  owner: NodeDatabaseOwner = OWNER,
  onSetAside: (aside: SetAside) => void = () => undefined,
): SqliteFile {
  return openNodeDatabase(path, owner, onSetAside);
}

/** The file as another process finds it after this one was killed: it was not closed in order. */
export function reopen(file: SqliteFile | undefined, path: string): SqliteFile {
  file?.close();
  return openTestDatabase(path);
}
