import { expect } from "chai";

import {
  FLOAT_OPERATIONS,
  type FloatOperation,
  type NumberType,
} from "../../../plugin/machines/softfloat/operations.js";
import { opcodeName } from "../../../plugin/machines/wasm/opcodes.js";
import { lowerFloats } from "../../../plugin/machines/wasm/lowering/floats.js";
import { parseModule } from "../../../plugin/machines/wasm/parse.js";
import { bitsType, canTrap, checkedOperations, movesBits } from "../../softfloat/checker.js";
import { specials } from "../../softfloat/operands.js";
import { assemble, program } from "./guest.js";

const LIMIT = 10_000;
const SATURATING = ["i32", "i64"].flatMap((to) =>
  ["f32", "f64"].flatMap((from) => ["s", "u"].map((sign) => `${to}.trunc_sat_${from}_${sign}`)),
);

const f32 = (value: number): bigint => BigInt(new Uint32Array(new Float32Array([value]).buffer)[0]);
const f64 = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0];

/** Of the instruction in the text format. */
const nameOf = ({ opcode }: FloatOperation): string => (opcode > 0xff ? SATURATING[opcode & 0xff] : opcodeName(opcode));

/** Runs the exported function `f` of a module's fields. */
function run(fields: string, ...operands: bigint[]): bigint[] {
  const end = program(fields).start().invoke("f", operands, LIMIT);
  if (end.kind !== "returned") throw new Error(end.kind === "trapped" ? end.cause : end.kind);
  return [...end.results];
}

/** Every `count`th of the operands that one can think of, all of them if there are few. */
function some(type: NumberType, count: number): bigint[] {
  const all = specials(type);
  return all.filter((_, index) => index % Math.ceil(all.length / count) === 0);
}

describe("floats on the machine", function () {
  this.timeout(60_000);

  it("are computed by every instruction as V8 computes them", () => {
    for (const operation of checkedOperations()) {
      const { parameters, result, native } = operation;
      const text = `(func (export "f") ${parameters.map((type) => `(param ${type})`).join(" ")} (result ${result})
        (${nameOf(operation)} ${parameters.map((_, index) => `(local.get ${index})`).join(" ")}))`;
      const machine = program(text).start();
      const pairs = some(parameters[0], 16).flatMap((a) =>
        parameters.length === 1 ? [[a]] : some(parameters[0], 16).map((b) => [a, b]),
      );
      for (const operands of pairs) {
        const end = machine.invoke("f", operands, LIMIT);
        const words = operands.map((bits, index) =>
          bitsType(parameters[index]) === "i32" ? Number(BigInt.asIntN(32, bits)) : bits,
        );
        if (end.kind === "trapped") {
          expect(canTrap(operation) && end.cause).to.be.oneOf(["invalid conversion to integer", "integer overflow"]);
          expect(() => native(...words)).to.throw(WebAssembly.RuntimeError);
        } else {
          expect(end.kind === "returned" && end.results[0], `${nameOf(operation)} ${operands.join()}`).to.equal(
            expected(operation, native(...words)),
          );
        }
      }
    }
  });

  it("trap for what is no number, and for what is too large, with another cause", () => {
    const convert = '(func (export "f") (param f64) (result i32) (i32.trunc_f64_u (local.get 0)))';
    expect(run(convert, f64(4294967295.5))).to.deep.equal([4294967295n]);
    expect(() => run(convert, f64(4294967296))).to.throw("integer overflow");
    expect(() => run(convert, f64(-1))).to.throw("integer overflow");
    expect(() => run(convert, f64(NaN))).to.throw("invalid conversion to integer");
  });

  it("are constants, locals, globals and results of blocks, selections and calls", () => {
    const fields = `
      (global $g (mut f64) (f64.const -0x1.8p-1022)) (global $h f32 (f32.const nan:0x200001))
      (func $half (param f64) (result f64) (local f64 f32) (local.set 1 (f64.mul (local.get 0) (f64.const 0.5))) (local.get 1))
      (func (export "f") (param i32) (result f64 f32)
        (global.set $g (block $b (result f64) (br_if $b (f64.const 6) (local.get 0)) (drop) (call $half (global.get $g))))
        (global.get $g) (select (result f32) (f32.const 1.5) (global.get $h) (local.get 0)))`;
    expect(run(fields, 1n)).to.deep.equal([f64(6), f32(1.5)]);
    expect(run(fields, 0n)).to.deep.equal([0x800c000000000000n, 0x7fa00001n]);
  });

  it("are loaded and stored as their bits, NaNs too", () => {
    const fields = `(memory 1 1) (data (i32.const 3) "\\01\\00\\f0\\7f\\55\\00\\00\\00\\00\\00\\f4\\ff")
      (func (export "f") (result i64 i32)
        (f64.store offset=16 (i32.const 1) (f64.load (i32.const 7)))
        (f32.store (i32.const 32) (f32.neg (f32.load offset=1 (i32.const 2))))
        (i64.load (i32.const 17)) (i32.load (i32.const 32)))`;
    expect(run(fields)).to.deep.equal([0xfff4000000000055n, 0xfff00001n]);
  });

  it("do not make two types one: an indirect call with an integer type traps for a function of floats", () => {
    const fields = `
      (type $float (func (param f32) (result f32))) (type $integer (func (param i32) (result i32)))
      (table 2 2 funcref) (elem (i32.const 0) $root $same)
      (func $root (type $float) (f32.sqrt (local.get 0))) (func $same (type $integer) (local.get 0))
      (func (export "f") (param i32) (result f32) (call_indirect (type $float) (f32.const 2.25) (local.get 0)))`;
    expect(run(fields, 0n)).to.deep.equal([f32(1.5)]);
    expect(() => run(fields, 1n)).to.throw("indirect call type mismatch");
  });

  it("bring with them only the functions that are used", () => {
    const functions = (fields: string): number => parse(fields).functions.length;
    const parse = (fields: string) => lowerFloats(parseModule(assemble(`(module ${fields})`)));
    expect(functions("(func (param f64) (result f64) (f64.neg (f64.abs (local.get 0))))")).to.equal(1);
    expect(functions("(func (param f64) (result f64) (f64.add (local.get 0) (local.get 0)))")).to.equal(2);
    expect(
      functions("(func (param f64) (result f64) (f64.add (f64.add (local.get 0) (local.get 0)) (local.get 0)))"),
    ).to.equal(2);
    // The conversion and its two traps.
    expect(functions("(func (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))")).to.equal(4);
  });

  it("cost a module without them nothing: it stays as it is", () => {
    const module = parseModule(
      assemble(
        "(module (memory 1 1) (global i64 (i64.const 1)) (func (param i32) (result i64) (i64.extend_i32_u (local.get 0))))",
      ),
    );
    expect(lowerFloats(module)).to.equal(module);
  });

  for (const [instruction, limit] of [
    ["f64.add", 140],
    ["f64.sub", 145],
    ["f64.mul", 152],
    ["f64.div", 156],
    ["f32.add", 137],
    ["f32.mul", 124],
    ["f32.div", 126],
    ["f64.lt", 32],
    ["f64.floor", 36],
  ] as const) {
    it(`take few steps: ${instruction} ${limit} with its call, on average over ordinary numbers`, () => {
      const type = instruction.startsWith("f32") ? "f32" : "f64";
      const unary = instruction.endsWith("floor");
      const result = instruction.endsWith("lt") ? "i32" : type;
      const machine = program(
        `(func (export "f") (param ${type} ${type}) (result ${result})
          (${instruction} (local.get 0) ${unary ? "" : "(local.get 1)"}))`,
      ).start();
      const numbers = Array.from({ length: 40 }, (_, index) => Math.sin(index + 1) * 10 ** ((index % 7) - 3));
      const bits = type === "f32" ? f32 : f64;
      const pairs = numbers.flatMap((a) => numbers.map((b) => [bits(a), bits(b)]));
      const steps = pairs.reduce((sum, pair) => sum + machine.invoke("f", pair, LIMIT).steps, 0);
      expect(steps / pairs.length).to.be.at.most(limit);
    });
  }

  it("have an instruction of WebAssembly each", () => {
    for (const operation of FLOAT_OPERATIONS) expect(nameOf(operation)).to.match(/^[if](32|64)\.[a-z_0-9]+$/);
  });
});

/** V8's result as bits, with the machine's rule for NaNs. */
function expected(operation: FloatOperation, value: number | bigint): bigint {
  const { result } = operation;
  const bits = BigInt.asUintN(bitsType(result) === "i32" ? 32 : 64, BigInt(value));
  if (movesBits(operation) || result === "i32" || result === "i64") return bits;
  const [infinite, magnitude, canonical] =
    result === "f32"
      ? [0x7f800000n, 0x7fffffffn, 0x7fc00000n]
      : [0x7ff0000000000000n, 0x7fffffffffffffffn, 0x7ff8000000000000n];
  return (bits & magnitude) > infinite ? canonical : bits;
}
