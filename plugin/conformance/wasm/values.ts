import type { ValueType } from "../../machines/wasm/module.js";
import { SkippedError } from "./errors.js";
import type { ScriptValue } from "./script.js";
import { isFunction, type Value } from "./store.js";

/** Something of the host's that a guest can hold, but not look into. */
export class ExternReference {
  constructor(readonly id: bigint) {}
}

/** The value that a script passes. */
export function readValue({ type, value }: ScriptValue): Value {
  if (type === "v128") throw new SkippedError("vectors (SIMD)");
  if (typeof value !== "string") throw new TypeError(`no value of type ${type}`);
  if (type === "funcref" || type === "externref") return value === "null" ? null : new ExternReference(BigInt(value));
  return BigInt(value);
}

/** Whether a result is what a script expects. */
export function matches(expected: ScriptValue, given: Value): boolean {
  const { type, value } = expected;
  if (type === "v128") throw new SkippedError("vectors (SIMD)");
  if (type === "funcref" || type === "externref") return matchesReference(type, value, given);
  if (typeof given !== "bigint" || typeof value !== "string") return false;
  return value.startsWith("nan:") ? matchesNaN(type, value, given) : given === BigInt(value);
}

function matchesReference(type: string, value: ScriptValue["value"], given: Value): boolean {
  if (value === "null") return given === null;
  if (type === "funcref") return isFunction(given);
  return given instanceof ExternReference && (value === undefined || given.id === BigInt(String(value)));
}

function matchesNaN(type: string, value: string, given: bigint): boolean {
  const [exponent, quiet, magnitude] =
    type === "f32"
      ? [0x7f800000n, 0x00400000n, 0x7fffffffn]
      : [0x7ff0000000000000n, 0x0008000000000000n, 0x7fffffffffffffffn];
  const canonical = exponent | quiet;
  return value === "nan:canonical" ? (given & magnitude) === canonical : (given & canonical) === canonical;
}

/** Values as text, e.g. `i32 5, f64 0x7ff8000000000000`. */
export function showValues(types: readonly ValueType[], values: readonly Value[]): string {
  return values.length === 0 ? "nothing" : values.map((value, index) => showValue(types[index], value)).join(", ");
}

function showValue(type: ValueType, value: Value): string {
  if (value === null) return `${type} null`;
  if (typeof value !== "bigint") return isFunction(value) ? `${type} of a function` : `${type} ${value.id}`;
  return type === "f32" || type === "f64" ? `${type} 0x${value.toString(16)}` : `${type} ${value}`;
}

/** What a script expects, as text. */
export function showExpected(expected: readonly ScriptValue[]): string {
  return expected.length === 0 ? "nothing" : expected.map(showExpectedValue).join(", ");
}

function showExpectedValue({ type, value }: ScriptValue): string {
  if (value === undefined) return `${type} of anything`;
  const float = type === "f32" || type === "f64";
  return float && typeof value === "string" && /^\d+$/.test(value)
    ? `${type} 0x${BigInt(value).toString(16)}`
    : `${type} ${String(value)}`;
}
