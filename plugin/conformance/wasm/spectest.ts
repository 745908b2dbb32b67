import type { FunctionType, NumberType } from "../../machines/wasm/module.js";
import { GlobalInstance, MemoryInstance, TableInstance, type Exported, type External } from "./store.js";

/** Functions that print what they are given, by name: here they only take it. */
const PRINTERS: Readonly<Record<string, readonly NumberType[]>> = {
  print: [],
  print_i32: ["i32"],
  print_i64: ["i64"],
  print_f32: ["f32"],
  print_f64: ["f64"],
  print_i32_f32: ["i32", "f32"],
  print_f64_f64: ["f64", "f64"],
};

/** Bits of 666.6 as f32 and as f64. */
const NUMBER_F32 = 0x4426a666n;
const NUMBER_F64 = 0x4084d4cccccccccdn;

/** The module that the specification's tests may import as `spectest`, new for every script. */
export function spectest(): Exported {
  const exports = new Map<string, External>();
  for (const [name, parameters] of Object.entries(PRINTERS)) {
    const type: FunctionType = { parameters, results: [] };
    exports.set(name, { kind: "function", function: { type, call: () => [] } });
  }
  const globals: readonly [NumberType, bigint][] = [
    ["i32", 666n],
    ["i64", 666n],
    ["f32", NUMBER_F32],
    ["f64", NUMBER_F64],
  ];
  for (const [type, value] of globals) {
    exports.set(`global_${type}`, { kind: "global", global: new GlobalInstance({ type, mutable: false }, value) });
  }
  const table = new TableInstance("funcref", { minimum: 10, maximum: 20 });
  exports.set("table", { kind: "table", table });
  exports.set("memory", { kind: "memory", memory: new MemoryInstance({ minimum: 1, maximum: 2 }) });
  return exports;
}
