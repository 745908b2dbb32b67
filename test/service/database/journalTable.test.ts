import { rm } from "node:fs/promises";

import { expect } from "chai";

import { encodeIntent, type Attempt } from "../../../plugin/l1/intent.js";
import { JournalTable } from "../../../plugin/service/database/journalTable.js";
import { behavesAsJournal, intentOf } from "../../helpers/transactionJournal.js";
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

  /** Of a journal of its own. */
  function contents(): string[] {
    return file!
      .statement("SELECT content FROM intents")
      .all()
      .map(({ content }) => content as string);
  }

  it("writes bytes once, apart from what is looked through, and reads them where they are asked for", async () => {
    let journal = await open();
    const data = `0x${"ab".repeat(100_000)}` as const;
    const attempt: Attempt = {
      ...{ hash: `0x${"d4".repeat(32)}`, raw: `0x02${"cd".repeat(100_000)}`, block: 17, at: 1 },
      ...{ maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, maxFeePerBlobGas: 0n },
    };
    const key = "batch:17";
    const transaction = { ...intentOf().transaction, data };
    const added = journal.add(intentOf({ key, nonce: 90, transaction, attempts: [attempt] }));
    journal.update({ ...added, attempts: [attempt, { ...attempt, raw: "0x03" }] });
    for (const nonce of [91, 92]) {
      journal = await open();
      const found = journal.find(added, key)!;
      expect(found.transaction.data).to.equal(data);
      expect(found.attempts.map(({ raw }) => raw)).to.deep.equal([attempt.raw, "0x03"]);
      journal.update({ ...found, nonce });
    }
    expect(Math.max(...contents().map(({ length }) => length))).to.be.below(5_000);
    const rows = file!.statement("SELECT count(*) AS count FROM intent_bytes WHERE intent = ?").get(added.id);
    expect(rows).to.deep.include({ count: 3 });
  });

  it("has what files of older versions have, with the bytes in place", async () => {
    const journal = await open();
    const older = { ...intentOf({ key: "batch:old", nonce: 95 }), id: 0 };
    const { account, chainId, key, nonce } = older;
    file!
      .statement("INSERT INTO intents (account, chain_id, key, nonce, open, content) VALUES (?, ?, ?, ?, 1, ?)")
      .run(account, chainId, key, nonce, encodeIntent(older));
    const found = journal.find(older, key)!;
    expect(found).to.deep.equal({ ...older, id: found.id });
    journal.update({ ...found, status: "sent" });
    expect((await open()).find(older, key)).to.deep.equal({ ...older, id: found.id, status: "sent" });
  });
});
