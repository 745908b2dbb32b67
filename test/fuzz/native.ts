import type { FunctionType, ValueType } from "../../plugin/machines/wasm/module.js";
import type { TrapCause } from "../../plugin/machines/traps.js";
import { References, type Value } from "./values.js";

/** How a call ended on V8; `causes` are those that its message may stand for. */
export type NativeEnd =
  | { readonly kind: "returned"; readonly results: readonly bigint[] }
  | { readonly kind: "trapped"; readonly causes: readonly TrapCause[] }
  | { readonly kind: "exhausted" };

/** What V8 says, by what the machine says. */
const MESSAGES: readonly (readonly [RegExp, readonly TrapCause[]])[] = [
  [/^unreachable/, ["unreachable"]],
  [/^(divide|remainder) by zero/, ["integer divide by zero"]],
  [/^divide result unrepresentable/, ["integer overflow"]],
  [/^float unrepresentable/, ["integer overflow", "invalid conversion to integer"]],
  [/^memory access out of bounds/, ["out of bounds memory access"]],
  [/^table index is out of bounds/, ["undefined element", "out of bounds table access"]],
  [/^element segment out of bounds/, ["out of bounds table access"]],
  [/^null function or function signature mismatch/, ["uninitialized element", "indirect call type mismatch"]],
];

/** What is read of `WebAssembly.Table`. */
interface Table {
  readonly length: number;
  get(index: number): object | null;
}

/** A module as V8 runs it. */
export class Native {
  readonly references: References;
  private readonly exports: Record<string, unknown>;

  /** @param slots Of the exported functions' references on the machine, by name. */
  constructor(bytes: Uint8Array, slots: ReadonlyMap<string, bigint>) {
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    this.references = new References(this.exports, slots);
  }

  call(name: string, type: FunctionType, args: readonly bigint[]): NativeEnd {
    const { references } = this;
    const code = this.exports[name] as (...values: Value[]) => Value | Value[] | undefined;
    try {
      const result = code(...args.map((arg, index) => references.valueOf(arg, type.parameters[index])));
      const values = type.results.length === 1 ? [result as Value] : ((result ?? []) as Value[]);
      return { kind: "returned", results: values.map((value, index) => references.bitsOf(value, type.results[index])) };
    } catch (error) {
      if (error instanceof RangeError) return { kind: "exhausted" };
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return { kind: "trapped", causes: causesOf(error.message) };
    }
  }

  global(name: string, type: ValueType): bigint {
    return this.references.bitsOf((this.exports[name] as WebAssembly.Global).value, type);
  }

  /** The slots of the exported table, undefined if there is none. */
  get table(): bigint[] | undefined {
    const table = this.exports.table as Table | undefined;
    if (table === undefined) return undefined;
    return Array.from({ length: table.length }, (_, index) => this.references.bitsOf(table.get(index), "funcref"));
  }

  /** Undefined if it has none. */
  get memory(): Uint8Array | undefined {
    const memory = this.exports.memory as WebAssembly.Memory | undefined;
    return memory === undefined ? undefined : new Uint8Array(memory.buffer);
  }
}

function causesOf(message: string): readonly TrapCause[] {
  const known = MESSAGES.find(([pattern]) => pattern.test(message));
  if (known === undefined) throw new Error(`V8 trapped for a reason that is not known here: ${message}`);
  return known[1];
}
