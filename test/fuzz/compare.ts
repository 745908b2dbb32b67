import { loadWasmProgram, type WasmMachine, type WasmProgram } from "../../plugin/machines/wasm/index.js";
import { typeOf } from "../../plugin/machines/wasm/module.js";
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
 * @throws {EnginesDiffer} where they are not the same.
 */
export function compareEngines(bytes: Uint8Array, seed: number): Comparison {
  const program = loadWasmProgram(bytes);
  const machine = program.start();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const comparison: Comparison = { calls: 0, traps: 0, steps: 0, exhausted: 0 };
  const random = new Random(seed);
  const functions = [...program.lowered.module.exports.functions];
  for (const [name, index] of Array.from({ length: ROUNDS }, () => functions).flat()) {
    const type = typeOf(program.lowered.module, index);
    const args = type.parameters.map(() => random.value());
    const native = callNative(instance, program, name, args);
    const ours = callMachine(machine, name, args, comparison);
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
  compareState(instance, machine, seed);
  return comparison;
}

function compareState(instance: WebAssembly.Instance, machine: WasmMachine, seed: number): void {
  const { globals, memory } = machine.registers;
  const module = machine.program.lowered.module;
  for (const [name, index] of module.exports.globals) {
    const native = bits((instance.exports[name] as WebAssembly.Global).value, module.globals[index].type);
    if (native !== globals.get(index))
      throw new EnginesDiffer(`seed ${seed}: ${name} is ${native} on V8, ${globals.get(index)} on the machine`);
  }
  const native = instance.exports.memory as WebAssembly.Memory | undefined;
  if (native === undefined) return;
  const same = Buffer.compare(new Uint8Array(native.buffer), memory.bytes.subarray(0, memory.size)) === 0;
  if (!same) throw new EnginesDiffer(`seed ${seed}: memories differ`);
}

function callNative(
  instance: WebAssembly.Instance,
  program: WasmProgram,
  name: string,
  args: readonly bigint[],
): Outcome {
  const { type } = program.exported(name)!;
  const call = instance.exports[name] as (...values: Value[]) => Value | Value[] | undefined;
  try {
    const result = call(
      ...args.map((arg, index) => (type.parameters[index] === "i32" ? Number(BigInt.asIntN(32, arg)) : arg)),
    );
    const values = type.results.length === 1 ? [result as Value] : ((result ?? []) as Value[]);
    return { kind: "returned", values: values.map((value, index) => bits(value, type.results[index])) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { kind: "trapped" };
    if (error instanceof RangeError) return { kind: "exhausted" };
    throw error;
  }
}

function callMachine(machine: WasmMachine, name: string, args: readonly bigint[], comparison: Comparison): Outcome {
  const end = machine.invoke(name, args, MAX_STEPS);
  comparison.steps += end.steps;
  if (end.kind === "returned") return { kind: "returned", values: end.results };
  if (end.kind === "trapped" && end.cause !== "stack exhausted") return { kind: "trapped" };
  return { kind: "exhausted" };
}

function bits(value: Value, type: "i32" | "i64"): bigint {
  return BigInt.asUintN(type === "i32" ? 32 : 64, BigInt(value));
}

function show(outcome: Outcome): string {
  return outcome.kind === "returned" ? `[${outcome.values.join(", ")}]` : "a trap";
}
