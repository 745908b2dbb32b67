import { expect } from "chai";

import { loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { assemble, program } from "./guest.js";

type Native = (...args: (number | bigint)[]) => number | bigint | undefined;

/** Calls `f` on both engines with each argument; both give the same. */
function sameOnBoth(fields: string, argumentLists: number[][]): void {
  const bytes = assemble(`(module ${fields} (func (export "handle")))`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const machine = loadWasmProgram(bytes).start();
  for (const args of argumentLists) {
    const native = (exports.f as Native)(...args);
    const end = machine.invoke("f", args.map(BigInt), 100_000);
    expect(end.kind).to.equal("returned");
    if (end.kind === "returned") expect(Number(BigInt.asIntN(32, end.results[0]))).to.equal(native, args.join());
  }
}

const UP_TO_SIX = [0, 1, 2, 3, 4, 5, 6, -1].map((value) => [value]);

/** Why calling `f` traps. */
function trapOf(fields: string, args: bigint[] = []): string {
  const end = program(fields).start().invoke("f", args, 1_000_000);
  return end.kind === "trapped" ? end.cause : end.kind;
}

describe("control flow", () => {
  it("br_table goes to its targets and, past them, to the default", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32)
        (block $d (block $c (block $b (block $a (br_table $a $b $c $b $d (local.get 0))) (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
        (i32.const 40))`,
      UP_TO_SIX,
    );
  });

  it("br_table carries values to labels of different heights, and out of the function", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32)
        (i32.add (i32.const 1000) (block $outer (result i32)
          (i32.add (i32.const 100) (block $inner (result i32)
            (i32.mul (i32.const 3) (block $innermost (result i32)
              (br_table $innermost $inner $outer $inner 3 (i32.const 7) (local.get 0)))))))))`,
      UP_TO_SIX,
    );
  });

  it("br and br_if carry values over the operands between", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32)
        (block $out (result i32)
          (i32.const 5) (i32.const 6) (i32.const 42) (local.get 0) (br_if $out) (drop) (drop) (drop)
          (i32.const 8) (i32.const 9) (br $out)))`,
      UP_TO_SIX,
    );
  });

  it("if has arms with values, or one arm, or none that ends", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32) (local i32)
        (if (local.get 0) (then (local.set 1 (i32.const 3))))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (return (i32.const 99))))
        (i32.add (local.get 1) (if (result i32) (i32.lt_s (local.get 0) (i32.const 3)) (then (i32.const 1)) (else (i32.const 2)))))`,
      UP_TO_SIX,
    );
  });

  it("code behind a branch is left out, whatever it nests", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32)
        (block $a (br_if $a (local.get 0)) (return (i32.const 1)) (block (loop (br 0)) (if (i32.const 1) (then unreachable) (else (br 1))) (drop (i32.const 4))))
        (i32.const 2))`,
      UP_TO_SIX,
    );
  });

  it("blocks and loops take parameters and give several results", () => {
    sameOnBoth(
      `(func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
       (func (export "f") (param i32) (result i32) (local i32)
        (local.get 0) (i32.const 10) (call $swap)
        (loop (param i32 i32) (result i32 i32)
          (call $swap) (i32.const 1) (i32.sub) (call $swap) (i32.const 2) (i32.add) (call $swap)
          (br_if 0 (i32.lt_s (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 5))))
        (i32.const 100) (i32.mul) (i32.add))`,
      UP_TO_SIX,
    );
  });

  it("locals are zero at every entry, whatever was in the slots", () => {
    sameOnBoth(
      `(func $g (param i32) (result i32) (local i32 i64) (local.set 1 (i32.add (local.get 1) (local.get 0))) (local.set 2 (i64.const -1)) (local.get 1))
       (func (export "f") (param i32) (result i32) (drop (call $g (i32.const 77))) (call $g (local.get 0)))`,
      UP_TO_SIX,
    );
  });

  it("select takes the first of two values unless its condition is 0", () => {
    sameOnBoth(
      `(func (export "f") (param i32) (result i32) (select (i32.const 1) (i32.const 2) (local.get 0)))`,
      UP_TO_SIX,
    );
  });

  it("recursion keeps each frame apart", () => {
    sameOnBoth(
      `(func $fib (export "f") (param i32) (result i32)
        (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))
          (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))`,
      [[10], [1], [0], [-5]],
    );
  });
});

describe("traps", () => {
  const table = `(type $unary (func (param i32) (result i32))) (type $nullary (func (result i32)))
    (table 4 funcref) (elem (i32.const 0) $one $nothing $one)
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))) (func $nothing (result i32) (i32.const 5))
    (func (export "f") (param i32) (result i32) (call_indirect (type $unary) (i32.const 9) (local.get 0)))`;

  it("call_indirect calls what fits, and traps on another type, on null and past the table", () => {
    expect(program(table).start().invoke("f", [0n], 100)).to.deep.include({ results: [10n] });
    expect(program(table).start().invoke("f", [2n], 100)).to.deep.include({ results: [10n] });
    expect(trapOf(table, [1n])).to.equal("indirect call type mismatch");
    expect(trapOf(table, [3n])).to.equal("uninitialized element");
    expect(trapOf(table, [4n])).to.equal("undefined element");
    expect(trapOf(table, [0xffffffffn])).to.equal("undefined element");
  });

  it("unreachable traps", () => {
    expect(trapOf(`(func (export "f") unreachable)`)).to.equal("unreachable");
  });

  it("recursion without end traps where the stack region ends", () => {
    expect(trapOf(`(func $f (export "f") (call $f))`)).to.equal("stack exhausted");
    expect(
      trapOf(
        `(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (export "f") (call_indirect (type $t) (i32.const 0)))`,
      ),
    ).to.equal("stack exhausted");
  });

  it("division traps by zero and where the quotient does not fit", () => {
    const divide = (op: string, type: string, a: string, b: string): string =>
      trapOf(`(func (export "f") (result ${type}) (${type}.${op} (${type}.const ${a}) (${type}.const ${b})))`);
    for (const type of ["i32", "i64"]) {
      for (const op of ["div_s", "div_u", "rem_s", "rem_u"])
        expect(divide(op, type, "5", "0")).to.equal("integer divide by zero");
      const least = type === "i32" ? "-2147483648" : "-9223372036854775808";
      expect(divide("div_s", type, least, "-1")).to.equal("integer overflow");
      expect(divide("rem_s", type, least, "-1")).to.equal("returned");
    }
  });
});
