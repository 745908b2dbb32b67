import { rm } from "node:fs/promises";

import { JournalTable } from "../../../plugin/service/database/journalTable.js";
import { behavesAsJournal } from "../../helpers/transactionJournal.js";
import type { openTestDatabase } from "./files.js";
import { reopen, temporaryFile } from "./files.js";

describe("a journal of transactions in a node's file", () => {
  const path = temporaryFile("journal");
  let file: ReturnType<typeof openTestDatabase> | undefined;

  const open = (): Promise<JournalTable> => {
    file = reopen(file, path);
    return Promise.resolve(new JournalTable(file));
  };

  behavesAsJournal(async () => {
    file?.close();
    file = undefined;
    await rm(path, { force: true });
    return open();
  }, open);

  after(async () => {
    file?.close();
    await rm(path, { force: true });
  });
});
