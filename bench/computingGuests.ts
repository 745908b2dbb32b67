import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import { V8Engine } from "../plugin/machines/wasm/jit/v8Engine.js";
import { fastest, seconds, type Speeds } from "./speeds.js";

/** A guest in C that computes and asks nobody; `modpow` is the one of 64-bit code, `dispatch` the large one. */
export interface ComputingGuest {
  readonly name: string;
  /** What it does once, and what of it the stepper does: some milliseconds, which also a busy machine lets pass at a stretch now and then. */
  readonly work: number;
  readonly stepped: number;
}

export const COMPUTING_GUESTS: readonly ComputingGuest[] = [
  { name: "sha256", work: 20_000, stepped: 1_000 },
  { name: "quicksort", work: 200_000, stepped: 50_000 },
  { name: "sieve", work: 2_000_000, stepped: 400_000 },
  { name: "modpow", work: 3_000, stepped: 300 },
  { name: "dispatch", work: 1_000_000, stepped: 20_000 },
];

const FOLDER = fileURLToPath(new URL("./guests", import.meta.url));

/** One guest on every engine; the same work everywhere but on the stepper, whose speed does not depend on how much it is. */
export function benchComputingGuest({ name, work, stepped }: ComputingGuest, compiler: string | undefined): Speeds {
  const bytes = readFileSync(join(FOLDER, `${name}.wasm`));
  const program = loadWasmProgram(bytes);
  const layout = program.exported("run")!;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports.run as (n: number) => number;
  const machine = program.start();
  machine.runner.pace = "never";
  const engine = new V8Engine(program, {});
  const whole = { layout, args: [BigInt(work)], maxSteps: 2 ** 48, input: undefined, keepTrapped: true };
  let [steps, done] = [0, 0];
  const result = BigInt(run(work) >>> 0);
  const runWhole = (): void => {
    const end = engine.run(machine.registers, whole);
    if (end?.kind !== "returned" || end.results[0] !== result) throw new Error(`${name} goes wrong on V8`);
    steps = end.steps;
  };
  const [v8, jit] = fastest(
    () => seconds(() => run(work)),
    () => seconds(runWhole),
  );
  const [stepper] = fastest(() => seconds(() => (done = machine.invoke("run", [BigInt(stepped)], 2 ** 48).steps)));
  const native = compiler === undefined ? undefined : steps / nativeSeconds(compiler, name, work, result);
  return { jit: steps / jit, stepper: done / stepper, v8: steps / v8, native };
}

/** A C compiler of this system, undefined if there is none. */
export function findCompiler(): string | undefined {
  return ["cc", "gcc", "clang"].find((command) => {
    try {
      execFileSync(command, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

function nativeSeconds(compiler: string, name: string, work: number, expected: bigint): number {
  const folder = mkdtempSync(join(tmpdir(), "rollup-bench-"));
  try {
    const binary = join(folder, name);
    execFileSync(compiler, ["-O2", "-o", binary, join(FOLDER, `${name}.c`)]);
    const [result, taken] = execFileSync(binary, [`${work}`], { encoding: "utf8" }).split(" ");
    if (BigInt(result) !== expected) throw new Error(`${name} goes wrong natively`);
    return Number(taken);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
