import { expect } from "chai";
import fc from "fast-check";

import { loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { V8Engine } from "../../../plugin/machines/wasm/jit/v8Engine.js";
import { TRAP_CAUSES, type TrapCause } from "../../../plugin/machines/traps.js";
import { assemble } from "./guest.js";

const MAX_STEPS = 100_000;

/** One table that grows and changes, one that only changes, one that nothing changes, and one of other things than functions. */
const MODULE = `
  (type $number (func (result i32))) (type $unary (func (param i32) (result i32)))
  (memory (export "memory") 1 1)
  (table $grows 4 20 funcref) (table $changes 9 9 funcref) (table $fixed 5 5 funcref) (table $others 3 12 externref)
  (elem (table $grows) (i32.const 0) func $two $minus) (elem (table $changes) (i32.const 1) func $one $twice)
  (elem (table $fixed) (i32.const 0) func $one $two $twice $one $minus)
  (elem $passive func $minus $two $one $twice)
  (elem $nulls funcref (ref.func $two) (ref.null func) (ref.func $one))
  (data $bytes "a passive segment of thirty bytes")
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (func $twice (param i32) (result i32) (i32.mul (i32.const 2) (local.get 0)))
  (func $minus (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
  (func (export "handle"))
  (func (export "size") (result i32) (i32.add (i32.mul (i32.const 100) (table.size $grows)) (table.size $others)))
  (func (export "isNull") (param i32) (result i32) (ref.is_null (table.get $grows (local.get 0))))
  (func (export "isNull2") (param i32) (result i32) (ref.is_null (table.get $changes (local.get 0))))
  (func (export "isNull3") (param i32) (result i32) (ref.is_null (table.get $others (local.get 0))))
  (func (export "set") (param i32 i32) (table.set $grows (local.get 0) (table.get $fixed (local.get 1))))
  (func (export "setFunction") (param i32) (table.set $changes (local.get 0) (ref.func $minus)))
  (func (export "setNull") (param i32) (table.set $grows (local.get 0) (ref.null func)))
  (func (export "move") (param i32 i32) (table.set $changes (local.get 0) (table.get $grows (local.get 1))))
  (func (export "grow") (param i32) (result i32) (table.grow $grows (ref.func $twice) (local.get 0)))
  (func (export "growOthers") (param i32) (result i32) (table.grow $others (ref.null extern) (local.get 0)))
  (func (export "fill") (param i32 i32 i32) (table.fill $grows (local.get 0) (table.get $fixed (local.get 1)) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (table.copy $changes $changes (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copyOver") (param i32 i32 i32) (table.copy $grows $changes (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copyFixed") (param i32 i32 i32) (table.copy $grows $fixed (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (table.init $changes $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "initNulls") (param i32 i32 i32) (table.init $grows $nulls (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $passive))
  (func (export "dropNulls") (elem.drop $nulls))
  (func (export "call") (param i32) (result i32) (call_indirect $grows (type $number) (local.get 0)))
  (func (export "call2") (param i32 i32) (result i32) (call_indirect $changes (type $unary) (local.get 1) (local.get 0)))
  (func (export "call3") (param i32) (result i32) (call_indirect $fixed (type $number) (local.get 0)))
  (func (export "initMemory") (param i32 i32 i32) (memory.init $bytes (local.get 0) (local.get 1) (local.get 2)))
  (func (export "dropData") (data.drop $bytes))`;

/** What V8 says, by what the machine does. */
const CAUSES: readonly [RegExp, TrapCause][] = [
  [/table index is out of bounds|element segment out of bounds/, "out of bounds table access"],
  [/memory access out of bounds/, "out of bounds memory access"],
  [/null function or function signature/, "indirect call type mismatch"],
];

type Native = (...args: number[]) => number | undefined;
type Call = readonly [name: string, args: readonly number[]];

describe("instructions on tables and segments", function () {
  this.timeout(120_000);
  const binary = assemble(`(module ${MODULE})`);
  const native = new WebAssembly.Module(binary);
  const program = loadWasmProgram(binary);
  const names = WebAssembly.Module.exports(native).filter(({ name, kind }) => kind === "function" && name !== "handle");
  const index = fc.oneof(
    { weight: 8, arbitrary: fc.nat(4) },
    { weight: 6, arbitrary: fc.nat(10) },
    fc.nat(40),
    fc.integer({ min: -3, max: -1 }),
  );
  const call: fc.Arbitrary<Call> = fc.tuple(
    fc.constantFrom(...names.map(({ name }) => name)),
    fc.array(index, { minLength: 3, maxLength: 3 }),
  );

  it("do on the machine, and whole on V8, what they do on V8 itself", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 40 }), (calls) => {
        const instance = new WebAssembly.Instance(native);
        const [machine, other] = [program.start(), program.start()];
        const engine = new V8Engine(program, {});
        for (const [name, given] of calls) {
          const layout = program.exported(name)!;
          const args = given.slice(0, layout.parameters);
          const expected = runNative(instance, name, args);
          const slots = args.map((value) => BigInt.asUintN(32, BigInt(value)));
          const stepped = machine.invoke(name, slots, MAX_STEPS);
          const label = `${name}(${args.join()})`;
          const found = stepped.kind === "returned" ? stepped.results.map(Number) : [stepped.kind];
          expect(found, label).to.deep.equal(Array.isArray(expected) ? expected : ["trapped"]);
          if (stepped.kind === "trapped") expectCause(stepped.cause, String(expected), name, label);
          const end = stepped.kind === "trapped" ? stepped.cause : stepped.kind;
          seen.set(`${name} ${end}`, (seen.get(`${name} ${end}`) ?? 0) + 1);
          const whole = engine.run(other.registers, {
            layout,
            args: slots,
            maxSteps: MAX_STEPS,
            input: undefined,
            keepTrapped: true,
          });
          expect(whole, label).to.include({ kind: stepped.kind, steps: stepped.steps });
          if (stepped.kind === "trapped") expect(whole).to.include({ trap: TRAP_CAUSES.indexOf(stepped.cause) });
          if (stepped.kind === "returned") expect(whole).to.deep.include({ results: stepped.results });
          expect(other.state(), label).to.deep.equal(machine.state());
        }
        const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
        expect(Buffer.compare(memory, machine.registers.memory.bytes)).to.equal(0);
      }),
      { seed: 27, numRuns: 500 },
    );
    for (const { name } of names) expect(seen.get(`${name} returned`) ?? 0, name).to.be.greaterThan(4);
    const calls = ["call", "call2", "call3"].flatMap((name) =>
      ["undefined element", "indirect call type mismatch"].map((cause) => `${name} ${cause}`),
    );
    expect([...seen.keys()]).to.include.members([
      ...calls,
      "call uninitialized element",
      "call2 uninitialized element",
    ]);
  });
});

/** What the function gives, or why it traps. */
function runNative(instance: WebAssembly.Instance, name: string, args: readonly number[]): number[] | string {
  try {
    const result = (instance.exports[name] as Native)(...args);
    return result === undefined ? [] : [result >>> 0];
  } catch (error) {
    return (error as Error).message;
  }
}

/** V8 has one cause for calls of null and of another type, and one for all that goes past a table. */
function expectCause(cause: TrapCause, message: string, name: string, label: string): void {
  const expected = CAUSES.find(([pattern]) => pattern.test(message))?.[1];
  if (expected === "indirect call type mismatch") expect(cause, label).to.be.oneOf([expected, "uninitialized element"]);
  else if (expected === "out of bounds table access" && name.startsWith("call"))
    expect(cause, label).to.equal("undefined element");
  else expect(cause, `${label}: ${message}`).to.equal(expected);
}
