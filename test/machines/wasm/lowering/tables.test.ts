import { expect } from "chai";
import fc from "fast-check";

import { loadWasmProgram, type WasmMachine } from "../../../../plugin/machines/wasm/index.js";
import type { ValueType } from "../../../../plugin/machines/wasm/module.js";
import { encodeReference } from "../../../../plugin/machines/wasm/reference.js";
import { assemble } from "../guest.js";
import { CALL, type Call } from "./calls.js";
import { FIELDS, FUNCTIONS, OPERATIONS, TABLES, type Operation } from "./subject.js";

const MODULE = assemble(`(module ${FIELDS} (func (export "handle")))`);

/** What a call came to: its result as text of the kind that both engines can tell, or the kind of its trap. */
type Outcome = string;

/** The subject on V8. */
class Native {
  readonly exports: Record<string, unknown>;

  constructor() {
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(MODULE)).exports;
  }

  call({ operation, args }: Call): Outcome {
    const run = this.exports[operation.name] as (...args: unknown[]) => unknown;
    try {
      const values = args.map((arg, index) => this.value(arg, operation.parameters[index]));
      return this.show(run(...values), operation.result);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return `trap: ${causeOf(error.message, operation)}`;
    }
  }

  /** All elements of a table. */
  table(name: string): string[] {
    const table = this.exports[name] as { readonly length: number; get(index: number): unknown };
    return Array.from({ length: table.length }, (_, index) => this.show(table.get(index), TABLES[name]));
  }

  get memory(): Uint8Array {
    return new Uint8Array((this.exports.memory as WebAssembly.Memory).buffer);
  }

  private value(arg: number, type: ValueType): unknown {
    if (type === "i32") return arg;
    if (arg === 0) return null;
    return type === "funcref" ? this.exports[`f${arg - 1}`] : arg;
  }

  private show(value: unknown, type: ValueType | undefined): string {
    if (type !== "funcref" || value === null) return String(value);
    return Array.from({ length: FUNCTIONS }, (_, index) => `f${index}`).find((name) => this.exports[name] === value)!;
  }
}

/** V8's words for a trap as the specification's; it does not tell why an indirect call fails in every case. */
function causeOf(message: string, { text }: Operation): string {
  if (text.startsWith("call_indirect")) return /index is out of bounds/.test(message) ? "undefined element" : "call";
  if (/memory access|memory index|data segment/.test(message) || /^memory/.test(text))
    return "out of bounds memory access";
  if (/table/.test(text)) return "out of bounds table access";
  return message;
}

/** The subject on the machine. */
class Ours {
  readonly machine: WasmMachine;

  constructor() {
    this.machine = loadWasmProgram(MODULE).start();
  }

  call({ operation, args }: Call): Outcome {
    const values = args.map((arg, index) => this.slot(arg, operation.parameters[index]));
    const end = this.machine.invoke(operation.name, values, 10_000_000);
    if (end.kind === "returned") return operation.result ? this.show(end.results[0], operation.result) : "undefined";
    if (end.kind !== "trapped") throw new Error(end.kind);
    const isCall = end.cause === "uninitialized element" || end.cause === "indirect call type mismatch";
    return `trap: ${isCall || end.cause === "unreachable" ? "call" : end.cause}`;
  }

  table(name: string): string[] {
    const { module, regions } = this.machine.program.lowered;
    const { base, size, sizeGlobal } = regions[module.exports.tables.get(name)!];
    const { tables } = this.machine.registers;
    const length = sizeGlobal === undefined ? size : Number(tables.get(sizeGlobal));
    return Array.from({ length }, (_, index) => this.show(tables.get(base + index), TABLES[name]));
  }

  get memory(): Uint8Array {
    const { bytes, size } = this.machine.registers.memory;
    return bytes.subarray(0, size);
  }

  private slot(arg: number, type: ValueType): bigint {
    return type === "funcref" && arg > 0 ? this.reference(arg - 1) : BigInt(arg);
  }

  private reference(index: number): bigint {
    const { module, layouts, typeNumbers } = this.machine.program.lowered;
    const own = module.exports.functions.get(`f${index}`)!;
    return encodeReference(typeNumbers[module.functions[own]], layouts[own]);
  }

  private show(slot: bigint, type: ValueType): string {
    if (type === "i32") return String(BigInt.asIntN(32, slot));
    if (slot === 0n) return "null";
    if (type === "externref") return String(slot);
    return `f${Array.from({ length: FUNCTIONS }, (_, index) => this.reference(index)).indexOf(slot)}`;
  }
}

describe("instructions on tables, segments and ranges of memory", function () {
  this.timeout(120_000);

  it("do what they do on V8, call by call, on random sequences: results, causes of traps, tables and memory", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(CALL, { minLength: 20, maxLength: 60 }), (calls) => {
        const [native, ours] = [new Native(), new Ours()];
        for (const call of calls) {
          const label = `${call.operation.name} (${call.args.join(", ")})`;
          const [a, b] = [native.call(call), ours.call(call)];
          expect(b, label).to.equal(a === "trap: unreachable" ? "trap: call" : a);
          for (const table of Object.keys(TABLES)) expect(ours.table(table), label).to.deep.equal(native.table(table));
          expect(Buffer.compare(ours.memory, native.memory), label).to.equal(0);
          const kind = `${call.operation.name}: ${a.startsWith("trap") ? a : "returns"}`;
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }),
      { seed: 3, numRuns: 250 },
    );
    // Every operation both works and, if it can, traps.
    for (const { name, text } of OPERATIONS) {
      expect(seen.has(`${name}: returns`), name).to.equal(true);
      const canTrap = /table\.(get|set|fill|copy|init)|memory\.(copy|fill|init)|call_indirect/.test(text);
      expect(
        [...seen.keys()].some((kind) => kind.startsWith(`${name}: trap`)),
        name,
      ).to.equal(canTrap);
    }
  });
});
