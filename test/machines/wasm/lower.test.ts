import { expect } from "chai";
import fc from "fast-check";

import type { RollupError } from "../../../plugin/errors.js";
import { disassembleProgram, loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { assembleModule, named, sized, unsigned, vector } from "../../fuzz/binary.js";
import { assemble, program } from "./guest.js";

/** The error that loading a module of these fields throws. */
function refusal(fields: string, handler = '(func (export "handle"))'): RollupError & Record<string, unknown> {
  try {
    loadWasmProgram(assemble(`(module ${fields} ${handler})`));
  } catch (error) {
    return error as RollupError & Record<string, unknown>;
  }
  throw new Error("was not refused");
}

describe("loadWasmProgram refuses", () => {
  it("what is no module, with the engine's words", () => {
    expect(() => loadWasmProgram(new Uint8Array([0, 1, 2])))
      .to.throw(/WebAssembly.Module\(\)/)
      .with.property("code", "WASM_INVALID");
  });

  it("imports that the machine does not offer, and lists those that it does", () => {
    for (const given of [
      '(import "env" "abort" (func (param i32 i32 i32 i32)))',
      '(import "rollup" "input_word" (func (param i32)))',
      '(import "rollup" "input_word" (func (param i32 i64)))',
      '(import "rollup" "publish" (func (param i32) (result i32)))',
    ]) {
      const error = refusal(given);
      expect(error.code).to.equal("WASM_IMPORT_UNKNOWN");
      expect(error.message).to.include("rollup.input_word(index: i32, dest: i32)");
    }
    for (const given of [
      '(import "env" "m" (memory 1))',
      '(import "env" "t" (table 1 funcref))',
      '(import "env" "g" (global i32))',
    ]) {
      expect(refusal(given).code).to.equal("WASM_MODULE_UNSUPPORTED");
    }
  });

  it("a module without handle(), or with another type of it", () => {
    expect(refusal("", "(func)").code).to.equal("WASM_HANDLER_MISSING");
    expect(refusal("", '(func (export "handle") (param i32))').code).to.equal("WASM_HANDLER_MISSING");
    expect(refusal("", '(global (export "handle") i32 (i32.const 0))').code).to.equal("WASM_HANDLER_MISSING");
  });

  it("segments that do not fit", () => {
    expect(refusal('(memory 1 1) (data (i32.const 65534) "abc")').code).to.equal("WASM_GENESIS_FAILED");
    expect(refusal("(table 1 1 funcref) (elem (i32.const 1) 0)").code).to.equal("WASM_GENESIS_FAILED");
  });

  it("a handler whose frame no stack holds", () => {
    const operands = 20_000;
    const body = [...[1, ...unsigned(49_000), 0x7f], ...repeat([0x41, 0], operands), ...repeat([0x1a], operands), 0x0b];
    const sections = new Map(
      [
        [1, [1, 0x60, 0, 0]],
        [3, [1, 0]],
        [7, [1, ...named("handle"), 0, 0]],
        [10, vector([sized(body)])],
      ].map(([kind, content]) => [kind as number, Uint8Array.from(content as number[])]),
    );
    expect(() => loadWasmProgram(assembleModule(sections)))
      .to.throw(/69001 stack slots/)
      .with.property("code", "WASM_MODULE_UNSUPPORTED");
  });
});

function repeat(bytes: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => bytes).flat();
}

describe("loadWasmProgram takes", () => {
  it("imports that are exported or stand in a table", () => {
    const machine = program(`(import "rollup" "keccak256" (func $k (param i32 i32 i32))) (export "hash" (func $k))
      (memory 1 1) (table 1 1 funcref) (elem (i32.const 0) $k) (type $t (func (param i32 i32 i32)))
      (func (export "indirect") (call_indirect (type $t) (i32.const 256) (i32.const 3) (i32.const 0) (i32.const 0)))`).start();
    expect(machine.invoke("hash", [256n, 3n, 32n], 100).kind).to.equal("returned");
    expect(machine.invoke("indirect", [], 100).kind).to.equal("returned");
    const { bytes } = machine.registers.memory;
    expect(bytes.slice(0, 32)).to.deep.equal(bytes.slice(32, 64)).and.not.deep.equal(new Uint8Array(32));
  });

  it("globals that are initialized by others", () => {
    const machine = program(`(global $a i32 (i32.const -7)) (global $b (mut i64) (i64.const -9))
      (func (export "a") (result i32) (global.get $a)) (func (export "b") (result i64) (global.get $b))`).start();
    expect(machine.invoke("a", [], 9)).to.deep.include({ results: [0xfffffff9n] });
    expect(machine.invoke("b", [], 9)).to.deep.include({ results: [0xfffffffffffffff7n] });
  });

  it("memory.copy and memory.fill, which become calls", () => {
    const fields = `(memory (export "memory") 1 1)
      (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
      (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))`;
    const bytes = assemble(`(module ${fields} (func (export "handle")))`);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const native = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
    const machine = loadWasmProgram(bytes).start();
    native.forEach((_, index) => (native[index] = (index * 31) ^ (index >>> 8)));
    machine.registers.memory.unshareRange(0, native.length);
    machine.registers.memory.bytes.set(native);
    const pointer = fc.oneof(fc.nat(200), fc.integer({ min: 65_400, max: 65_540 }), fc.integer({ min: -5, max: -1 }));
    const length = fc.oneof(fc.nat(40), fc.nat(600), fc.integer({ min: -300, max: -1 }));
    fc.assert(
      fc.property(fc.constantFrom("copy", "fill"), pointer, pointer, length, (name, a, b, count) => {
        const trapped = ((): boolean => {
          try {
            (instance.exports[name] as (...args: number[]) => void)(a, b, count);
            return false;
          } catch {
            return true;
          }
        })();
        const end = machine.invoke(name, [a, b, count].map(BigInt), 100_000);
        expect(end.kind).to.equal(trapped ? "trapped" : "returned");
        expect(Buffer.compare(native, machine.registers.memory.bytes)).to.equal(0);
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });
});

describe("disassembleProgram", () => {
  it("shows every instruction, and where exported functions start", () => {
    const text = disassembleProgram(
      program(`(func (export "twice") (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))`),
    );
    expect(text.split("\n").map((line) => line.trim().replace(/\s+/g, " "))).to.include.members([
      "twice:",
      "0 unreachable",
      "1 copy [2] = [0]",
      "2 copy [3] = [0]",
      "3 i32.add [2], [3]",
      "4 copy [0] = [2]",
      "5 return by [1]",
    ]);
  });
});
