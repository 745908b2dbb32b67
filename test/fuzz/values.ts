import type { ValueType } from "../../plugin/machines/wasm/module.js";

/** A value as JavaScript hands it to WebAssembly and gets it from there. */
export type Value = number | bigint;

const FLOAT = new DataView(new ArrayBuffer(8));

/** The value that has these bits. */
export function valueOf(pattern: bigint, type: ValueType): Value {
  if (type === "i64") return pattern;
  FLOAT.setBigInt64(0, pattern);
  if (type === "i32") return FLOAT.getInt32(4);
  return type === "f32" ? FLOAT.getFloat32(4) : FLOAT.getFloat64(0);
}

/** The bits of a value. JavaScript does not tell one NaN from another, so all are the canonical one. */
export function bitsOf(value: Value, type: ValueType): bigint {
  if (type === "i32" || type === "i64") return BigInt.asUintN(type === "i32" ? 32 : 64, BigInt(value));
  const number = Number.isNaN(value) ? NaN : Number(value);
  if (type === "f64") FLOAT.setFloat64(0, number);
  else FLOAT.setFloat32(0, number);
  return type === "f64" ? FLOAT.getBigUint64(0) : BigInt(FLOAT.getUint32(0));
}

/** The bits as JavaScript would tell them. */
export function sameNaN(pattern: bigint, type: ValueType): bigint {
  return bitsOf(valueOf(pattern, type), type);
}
