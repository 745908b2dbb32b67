import { expect } from "chai";

import type { SqliteFile } from "../../../plugin/database/sqliteFile.js";
import { hashInputHeader } from "../../../plugin/input.js";
import { InputTable } from "../../../plugin/service/database/inputTable.js";
import { wordTreeBatch } from "../../../plugin/sources/batchReader.js";
import { inputOf } from "../../helpers/inputs.js";
import { openTestDatabase, reopen, temporaryFile } from "./files.js";

describe("the bytes of inputs in a file", () => {
  let path: string;
  let file: SqliteFile;
  let table: InputTable;

  beforeEach(() => {
    path = temporaryFile("inputs");
    file = openTestDatabase(path);
    table = new InputTable(file, new Map());
  });

  afterEach(() => file.close());

  /** In a block of the same number as the input. */
  function append(fill: number): void {
    const number = table.count;
    const { header, data } = inputOf({ number: BigInt(number), data: new Uint8Array(70).fill(fill) });
    table.append({ header, hash: hashInputHeader(header), block: number, posted: undefined }, wordTreeBatch(data));
  }

  it("are read once for all of an input's words", () => {
    append(1);
    const input = table.input(0);
    expect(input.data).to.equal(input.data);
    expect(input.data).to.deep.equal(new Uint8Array(70).fill(1));
  });

  it("are those of each input, whatever was read in between", () => {
    append(1);
    append(2);
    const inputs = [table.input(0), table.input(1)];
    const firstBytes = [0, 1, 0, 1, 1, 0].map((number) => inputs[number].data[0]);
    expect(firstBytes).to.deep.equal([1, 2, 1, 2, 2, 1]);
  });

  it("are those of the input that took another's place", () => {
    append(1);
    append(2);
    expect(table.input(1).data[0]).to.equal(2);
    table.rollBack(0);
    append(3);
    expect(table.input(1).data[0]).to.equal(3);
  });

  it("are not remembered of an input that was pruned or rolled back", () => {
    append(1);
    append(2);
    append(3);
    const [first, last] = [table.input(0), table.input(2)];
    expect(first.data[0]).to.equal(1);
    table.prune(1);
    expect(() => first.data).to.throw("not remembered");
    expect(last.data[0]).to.equal(3);
    table.rollBack(1);
    expect(() => last.data).to.throw("not remembered");
  });

  it("are there again in another process", () => {
    append(1);
    file = reopen(file, path);
    expect(new InputTable(file, new Map()).input(0).data).to.deep.equal(new Uint8Array(70).fill(1));
  });
});
