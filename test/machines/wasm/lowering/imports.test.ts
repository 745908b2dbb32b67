import { expect } from "chai";

import { RollupError } from "../../../../plugin/errors.js";
import { TRAMPOLINE } from "../../../../plugin/machines/wasm/hostCalls.js";
import { initialMemory, slotOf } from "../../../../plugin/machines/wasm/images.js";
import { Op } from "../../../../plugin/machines/wasm/instruction.js";
import { lowerModule, type LoweredModule } from "../../../../plugin/machines/wasm/lower.js";
import type { Binding } from "../../../../plugin/machines/wasm/lowering/imports.js";
import { parseModule } from "../../../../plugin/machines/wasm/parse.js";
import { WasmProgram } from "../../../../plugin/machines/wasm/program.js";
import { assemble, assembleSections } from "../guest.js";

const FUNCTION: Binding = { kind: "function", type: { parameters: ["i32", "f64"], results: ["i64"] } };
const TABLE: Binding = {
  kind: "table",
  table: { type: "funcref", minimum: 4, maximum: 9 },
  contents: [0n, 77n],
};
const MEMORY: Binding = { kind: "memory", memory: { minimum: 2, maximum: 3 }, bytes: Uint8Array.of(1, 2, 3, 4) };
const GLOBAL: Binding = { kind: "global", global: { type: "i32", mutable: false }, value: 0xfffffff0n };

const IMPORTS = `
  (import "m" "f" (func $f (param i32 f64) (result i64)))
  (import "m" "t" (table $t 2 10 funcref))
  (import "m" "m" (memory 1 5))
  (import "m" "g" (global $g i32))`;

const THERE: Readonly<Record<string, Binding>> = { f: FUNCTION, t: TABLE, m: MEMORY, g: GLOBAL };

function lower(fields: string, there = THERE): LoweredModule {
  return lowerModule(parseModule(assemble(`(module ${fields})`)), ({ name }) => there[name]);
}

function errorOf(run: () => unknown): RollupError {
  try {
    run();
  } catch (error) {
    if (error instanceof RollupError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("imports", () => {
  it("come first in every index space, and become the module's own", () => {
    const lowered = lower(`${IMPORTS} (table $own 3 3 funcref) (global $mine (mut i64) (i64.const 5))
      (elem (table $t) (i32.const 2) func $k) (data (i32.const 2) "\\09") (export "t" (table $t)) (export "own" (table $own))
      (func $k (result i32) (i32.add (global.get $g) (i32.load8_u (i32.const 3)))) (export "k" (func $k))
      (func (export "call") (result i32) (call_indirect $t (result i32) (i32.const 2)))`);
    expect(lowered.module.globals.slice(0, 2).map(({ value }) => value)).to.deep.equal([0xfffffff0n, 5n]);
    expect(lowered.regions.map(({ size }) => size)).to.deep.equal([9, 3]);
    expect(lowered.regions[0].contents.map((value) => slotOf(lowered, value)).slice(0, 2)).to.deep.equal([0n, 77n]);
    expect(lowered.regions[0].contents[2]).to.deep.equal({ function: 1 });
    expect([...initialMemory(lowered)]).to.deep.equal([1, 2, 9, 4]);
    expect(lowered.maximumPages).to.equal(3);
    const machine = new WasmProgram(lowered, lowered.layouts[1]).start();
    expect(machine.registers.memory.pages).to.equal(2);
    for (const name of ["k", "call"]) {
      expect(machine.invoke(name, [], 100)).to.deep.include({ results: [0xfffffff4n] });
    }
  });

  it("that are functions stop the machine at a number of their own, with operands where a function has them", () => {
    const lowered = lower(`(import "rollup" "reject" (func $r)) ${IMPORTS}
      (func (export "direct") (param i32) (result i64) (call $f (local.get 0) (f64.const 0.5)))`);
    const [, layout] = lowered.layouts;
    expect(lowered.code[layout.entry]).to.include({ op: Op.host, h: 0, a: TRAMPOLINE + 1 });
    expect(lowered.code[layout.entry + 1]).to.include({ op: Op.return, a: layout.link });
    expect(layout).to.include({ parameters: 2, results: 1, link: 2, frame: 3 });
    expect(lowered.code.filter(({ op, a }) => op === Op.call && a === layout.entry)).to.have.length(1);
  });

  it("are refused if there is nothing of that name, or something else", () => {
    const others: Readonly<Record<string, readonly (Binding | undefined)[]>> = {
      f: [{ kind: "function", type: { parameters: ["i32"], results: [] } }, GLOBAL],
      t: [
        { ...TABLE, table: { type: "externref", minimum: 4, maximum: 9 } },
        { ...TABLE, table: { type: "funcref", minimum: 1, maximum: 9 } },
        { ...TABLE, table: { type: "funcref", minimum: 4, maximum: 11 } },
        { ...TABLE, table: { type: "funcref", minimum: 4, maximum: undefined } },
      ],
      m: [
        { ...MEMORY, memory: { minimum: 0, maximum: 3 } },
        { ...MEMORY, memory: { minimum: 1, maximum: 6 } },
      ],
      g: [
        { ...GLOBAL, global: { type: "i32", mutable: true } },
        { ...GLOBAL, global: { type: "f32", mutable: false } },
        FUNCTION,
      ],
    };
    for (const [name, bindings] of Object.entries(others)) {
      for (const binding of bindings) {
        const error = errorOf(() => lower(IMPORTS, { ...THERE, ...(binding && { [name]: binding }) }));
        expect(error).to.include({ code: "WASM_UNLINKABLE", reason: "incompatible import type" });
      }
      const { [name]: _, ...rest } = THERE;
      expect(errorOf(() => lower(IMPORTS, rest))).to.include({ code: "WASM_UNLINKABLE", reason: "unknown import" });
    }
    expect(lower(IMPORTS).failure).to.equal(undefined);
  });

  it("that are globals may be named by constants, which add, subtract and multiply", () => {
    const expression = (...code: number[]): number[] => [...code, 0x0b];
    const get = [0x23, 0];
    const module = parseModule(
      assembleSections({
        2: [2, 1, 0x6d, 1, 0x67, 3, 0x7f, 0, 1, 0x6d, 1, 0x68, 3, 0x7e, 0],
        4: [1, 0x70, 0, 20],
        5: [1, 0, 1],
        6: [
          3,
          ...[0x7f, 0, ...expression(...get, 0x41, 3, 0x6c)],
          ...[0x7e, 1, ...expression(0x23, 1, 0x42, 1, 0x7d, 0x42, 5, 0x7e)],
          ...[0x7f, 0, ...expression(0x41, 0, ...get, 0x6b, 0x41, 7, 0x6a)],
        ],
        9: [1, 4, ...expression(...get, 0x41, 18, 0x6a), 1, 0xd0, 0x70, 0x0b],
        11: [1, 0, ...expression(...get, 0x41, 0x76, 0x6c), 1, 0x55],
      }),
    );
    const values: Readonly<Record<string, Binding>> = {
      g: GLOBAL,
      h: { kind: "global", global: { type: "i64", mutable: false }, value: 0n },
    };
    const lowered = lowerModule(module, ({ name }) => values[name]);
    expect(lowered.module.globals.slice(2).map(({ value }) => value)).to.deep.equal([0xffffffd0n, 2n ** 64n - 5n, 23n]);
    expect(lowered.regions[0].contents).to.have.length(3);
    expect(initialMemory(lowered)).to.have.length(161);
  });
});

describe("active segments", () => {
  it("are applied in their order, up to the first that does not fit", () => {
    const fields = `(table 4 4 funcref) (memory 1 1) (func $f)
      (elem (i32.const 0) $f) (elem (i32.const 2) $f $f $f) (elem (i32.const 1) $f) (data (i32.const 0) "a")`;
    const { failure, regions, module } = lower(fields);
    expect(failure).to.include({ trap: "out of bounds table access" });
    expect(regions[0].contents).to.deep.equal([{ function: 0 }]);
    expect(module.data).to.deep.equal([]);
  });

  it("of data come behind those of elements", () => {
    const { failure, regions, module } = lower(`(table 4 4 funcref) (memory 1 1) (func $f)
      (data (i32.const 0) "a") (data (i32.const 65535) "bc") (data (i32.const 1) "d") (elem (i32.const 3) $f)`);
    expect(failure).to.include({ trap: "out of bounds memory access" });
    expect(regions[0].contents).to.have.length(4);
    expect(module.data.map(({ offset }) => offset)).to.deep.equal([0]);
  });

  it("of no length must still be within", () => {
    expect(lower("(memory 1 1) (data (i32.const 65536))").failure).to.equal(undefined);
    expect(lower("(memory 1 1) (data (i32.const 65537))").failure?.trap).to.equal("out of bounds memory access");
    expect(lower("(table 1 1 funcref) (elem (i32.const 2))").failure?.trap).to.equal("out of bounds table access");
  });
});
