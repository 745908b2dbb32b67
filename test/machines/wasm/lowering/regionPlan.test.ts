import { expect } from "chai";

import { lowerModule, type LoweredModule } from "../../../../plugin/machines/wasm/lower.js";
import { MAXIMUM_GROWN_TABLE } from "../../../../plugin/machines/wasm/lowering/regionPlan.js";
import { parseModule } from "../../../../plugin/machines/wasm/parse.js";
import { named, sized, vector } from "../../../fuzz/binary.js";
import { loadWasmProgram } from "../../../../plugin/machines/wasm/index.js";
import { assemble, assembleSections, program } from "../guest.js";

const lower = (fields: string): LoweredModule => lowerModule(parseModule(assemble(`(module ${fields})`)));

const sizes = (fields: string): [number, boolean][] =>
  lower(fields).regions.map(({ size, sizeGlobal }) => [size, sizeGlobal !== undefined]);

describe("regions", () => {
  it("of tables have their size, or what they can grow to if anything grows them", () => {
    const grow = "(func (drop (table.grow $t (ref.null func) (i32.const 1))))";
    expect(sizes('(table $t 3 funcref) (export "t" (table $t))')).to.deep.equal([[3, false]]);
    expect(sizes(`(table $t 3 9 funcref) (table 5 funcref) ${grow}`)).to.deep.equal([
      [9, true],
      [5, false],
    ]);
    expect(sizes(`(table $t 3 funcref) ${grow}`)).to.deep.equal([[MAXIMUM_GROWN_TABLE, true]]);
    expect(sizes(`(table $t 3 100000 funcref) ${grow}`)).to.deep.equal([[MAXIMUM_GROWN_TABLE, true]]);
    expect(sizes(`(table $t 70000 100000 funcref) ${grow}`)).to.deep.equal([[70_000, true]]);
  });

  it("are there for segments that code reads, and none for others", () => {
    const segments =
      '(memory 1) (table 2 2 funcref) (func $f) (elem $e func $f $f) (elem $o func $f) (data $d "abcdefghi") (data $p "x")';
    const init = "(i32.const 0) (i32.const 0) (i32.const 0)";
    expect(sizes(segments)).to.deep.equal([[2, false]]);
    expect(sizes(`${segments} (func (elem.drop $e) (data.drop $d))`)).to.deep.equal([[2, false]]);
    expect(sizes(`${segments} (func (table.init $e ${init}) (memory.init $d ${init}))`)).to.deep.equal([
      ...[
        [2, false],
        [2, false],
        [2, false],
      ],
    ]);
    expect(sizes(`${segments} (func (memory.init $d ${init}) (data.drop $d))`)).to.deep.equal([
      [2, false],
      [2, true],
    ]);
  });

  it("of data hold eight bytes in a slot, the first in the lowest bits", () => {
    const { regions } = lower(`(memory 1) (data $d "abcdefghi")
      (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))`);
    expect(regions[0].contents).to.deep.equal([0x6867666564636261n, 0x69n]);
  });

  it("do not let a table grow beyond what they hold", () => {
    const machine = program(`(table $t 1 funcref)
      (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))`).start();
    const results = (by: number): unknown => machine.invoke("grow", [BigInt(by)], 1_000);
    expect(results(MAXIMUM_GROWN_TABLE)).to.deep.include({ results: [0xffffffffn] });
    expect(results(MAXIMUM_GROWN_TABLE - 1)).to.deep.include({ results: [1n] });
    expect(results(1)).to.deep.include({ results: [0xffffffffn] });
    expect(results(0)).to.deep.include({ results: [BigInt(MAXIMUM_GROWN_TABLE)] });
  });
});

describe("a segment that only declares its functions", () => {
  it("is of no length for table.init", () => {
    const bytes = assembleSections({
      1: [2, 0x60, 0, 0, 0x60, 3, 0x7f, 0x7f, 0x7f, 0],
      3: [2, 0, 1],
      4: [1, 0x70, 0, 3],
      7: vector([
        [...named("handle"), 0, 0],
        [...named("init"), 0, 1],
      ]),
      9: [1, 3, 0, 1, 0],
      10: vector(
        [
          [0, 0x0b],
          [0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 12, 0, 0, 0xfc, 13, 0, 0x0b],
        ].map(sized),
      ),
    });
    const machine = loadWasmProgram(bytes).start();
    expect(machine.invoke("init", [3n, 0n, 0n], 100).kind).to.equal("returned");
    for (const args of [
      [0n, 0n, 1n],
      [0n, 1n, 0n],
      [4n, 0n, 0n],
    ]) {
      expect(machine.invoke("init", args, 100)).to.include({ cause: "out of bounds table access" });
    }
  });
});

describe("a module without references, tables and bulk instructions", () => {
  it("keeps its functions as they are", () => {
    const module = parseModule(
      assemble(`(module (memory 1) (global i32 (i32.const 1)) (table 1 1 funcref) (elem (i32.const 0) $f)
        (func $f (param i32) (result i32) (block (result i32) (select (local.get 0) (i32.const 2) (global.get 0)))))`),
    );
    const { functions, module: core } = lowerModule(module);
    expect(functions.map(({ body }) => body)).to.have.ordered.members([...module.bodies]);
    expect(core.globals).to.have.length(1);
    expect(core.types).to.deep.equal(module.types);
  });
});
