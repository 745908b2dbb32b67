import { expect } from "chai";

import type { SqliteFile } from "../../plugin/database/sqliteFile.js";
import { TransactionTable } from "../../plugin/service/database/transactionTable.js";
import { hashBytes } from "../../plugin/service/hashBytes.js";
import { Mempool } from "../../plugin/service/mempool.js";
import { OPAQUE_VIEW } from "../../plugin/service/opaqueView.js";
import { openTestDatabase, temporaryFile } from "./database/files.js";

describe("transactions that are handed in at once", () => {
  let file: SqliteFile;
  let table: TransactionTable;
  let mempool: Mempool;

  beforeEach(() => {
    file = openTestDatabase(temporaryFile("mempool"));
    table = new TransactionTable(file);
    mempool = new Mempool(table, OPAQUE_VIEW, () => expect.fail("nobody is asked"));
  });

  afterEach(() => file.close());

  const data = (value: number): Uint8Array => new Uint8Array(40).fill(value);
  const waiting = (): number[] => [...table.waiting(100)].map((each) => each.data[0]);

  it("are written down together in their order, each once however often it comes", async () => {
    const given = [1, 2, 1, 3, 1, 2];
    const hashes = await Promise.all(given.map((value) => mempool.accept(data(value))));
    expect(hashes).to.deep.equal(given.map((value) => hashBytes(data(value))));
    expect(waiting()).to.deep.equal([1, 2, 3]);
    await mempool.accept(data(2));
    expect(waiting()).to.deep.equal([1, 2, 3]);
    expect(mempool.size).to.equal(3);
  });

  it("are promised to nobody where they cannot be written down, and are taken when they can", async () => {
    const add = table.add.bind(table);
    table.add = () => expect.fail("the disk is full");
    const results = await Promise.allSettled([1, 2, 1].map((value) => mempool.accept(data(value))));
    expect(results.map(({ status }) => status)).to.deep.equal(["rejected", "rejected", "rejected"]);
    expect(mempool.size).to.equal(0);
    table.add = add;
    await mempool.accept(data(1));
    expect(waiting()).to.deep.equal([1]);
  });
});
