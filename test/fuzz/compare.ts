import { loadWasmProgram, type WasmMachine } from "../../plugin/machines/wasm/index.js";
import { typeOf, type FunctionType, type ValueType, type WasmModule } from "../../plugin/machines/wasm/module.js";
import { parseModule } from "../../plugin/machines/wasm/parse.js";
import { Random } from "./random.js";

/** No generated program comes near: a generated loop or recursion ends by a limit that is part of the program. */
const MAX_STEPS = 20_000_000;

/** How often each function is called; what it finds in memory and globals is different every time. */
const ROUNDS = 3;

/** What running one module on both engines came to. */
export interface Comparison {
  calls: number;
  traps: number;
  steps: number;
  /** Calls after which the engines could not be compared: one of them ran out of stack. */
  exhausted: number;
}

type Value = number | bigint;
type Outcome =
  { readonly kind: "returned"; readonly values: readonly bigint[] } | { readonly kind: "trapped" | "exhausted" };

/** The engines differ, which is a bug. */
export class EnginesDiffer extends Error {}

/**
 * Calls every function of a module (exports `f0`, `f1`, ...) on V8 and on the machine, with the same arguments drawn from `seed`,
 * and compares results, traps, and in the end all memory and globals (exports `g0`, `g1`, ..., `memory`).
 * @param native What V8 runs, where that is not the same: the module with the machine's rule for NaNs.
 * @throws {EnginesDiffer} where they are not the same.
 */
export function compareEngines(bytes: Uint8Array, seed: number, native = bytes): Comparison {
  const module = parseModule(bytes);
  const machine = loadWasmProgram(bytes).start();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(native));
  const comparison: Comparison = { calls: 0, traps: 0, steps: 0, exhausted: 0 };
  const random = new Random(seed);
  const functions = [...module.exports.functions];
  for (const [name, index] of Array.from({ length: ROUNDS }, () => functions).flat()) {
    const type = typeOf(module, index);
    const args = type.parameters.map((parameter) => bits(valueOf(random.value(), parameter), parameter));
    const native = callNative(instance, type, name, args);
    const ours = callMachine(machine, type, name, args, comparison);
    comparison.calls++;
    if (native.kind === "trapped") comparison.traps++;
    if (native.kind === "exhausted" || ours.kind === "exhausted") {
      comparison.exhausted++;
      return comparison;
    }
    const [a, b] = [show(native), show(ours)];
    if (a !== b)
      throw new EnginesDiffer(`seed ${seed}: ${name}(${args.join(", ")}) gives ${a} on V8, ${b} on the machine`);
  }
  compareState(instance, machine, module, seed);
  return comparison;
}

function compareState(instance: WebAssembly.Instance, machine: WasmMachine, module: WasmModule, seed: number): void {
  const { tables, memory } = machine.registers;
  for (const [name, index] of module.exports.globals) {
    const { type } = module.globals[index];
    const [native, ours] = [
      bits((instance.exports[name] as WebAssembly.Global).value, type),
      sameNaN(tables.get(index), type),
    ];
    if (native !== ours) throw new EnginesDiffer(`seed ${seed}: ${name} is ${native} on V8, ${ours} on the machine`);
  }
  const native = instance.exports.memory as WebAssembly.Memory | undefined;
  if (native === undefined) return;
  const same = Buffer.compare(new Uint8Array(native.buffer), memory.bytes.subarray(0, memory.size)) === 0;
  if (!same) throw new EnginesDiffer(`seed ${seed}: memories differ`);
}

function callNative(
  instance: WebAssembly.Instance,
  type: FunctionType,
  name: string,
  args: readonly bigint[],
): Outcome {
  const call = instance.exports[name] as (...values: Value[]) => Value | Value[] | undefined;
  try {
    const result = call(...args.map((arg, index) => valueOf(arg, type.parameters[index])));
    const values = type.results.length === 1 ? [result as Value] : ((result ?? []) as Value[]);
    return { kind: "returned", values: values.map((value, index) => bits(value, type.results[index])) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { kind: "trapped" };
    if (error instanceof RangeError) return { kind: "exhausted" };
    throw error;
  }
}

function callMachine(
  machine: WasmMachine,
  type: FunctionType,
  name: string,
  args: readonly bigint[],
  comparison: Comparison,
): Outcome {
  const end = machine.invoke(name, args, MAX_STEPS);
  comparison.steps += end.steps;
  if (end.kind === "returned") {
    return { kind: "returned", values: end.results.map((value, index) => sameNaN(value, type.results[index])) };
  }
  if (end.kind === "trapped" && end.cause !== "stack exhausted") return { kind: "trapped" };
  return { kind: "exhausted" };
}

const FLOAT = new DataView(new ArrayBuffer(8));

/** The value that has these bits, as JavaScript hands it to a function. */
function valueOf(pattern: bigint, type: ValueType): Value {
  if (type === "i64") return pattern;
  FLOAT.setBigInt64(0, pattern);
  if (type === "i32") return FLOAT.getInt32(4);
  return type === "f32" ? FLOAT.getFloat32(4) : FLOAT.getFloat64(0);
}

/** The bits of a value. JavaScript does not tell one NaN from another, so all are the canonical one. */
function bits(value: Value, type: ValueType): bigint {
  if (type === "i32" || type === "i64") return BigInt.asUintN(type === "i32" ? 32 : 64, BigInt(value));
  const number = Number.isNaN(value) ? NaN : Number(value);
  if (type === "f64") FLOAT.setFloat64(0, number);
  else FLOAT.setFloat32(0, number);
  return type === "f64" ? FLOAT.getBigUint64(0) : BigInt(FLOAT.getUint32(0));
}

/** The bits as JavaScript would tell them. */
function sameNaN(pattern: bigint, type: ValueType): bigint {
  return bits(valueOf(pattern, type), type);
}

function show(outcome: Outcome): string {
  return outcome.kind === "returned" ? `[${outcome.values.join(", ")}]` : "a trap";
}
