import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { formatTable, type Column } from "../plugin/console/table.js";
import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import { V8Engine } from "../plugin/machines/wasm/jit/v8Engine.js";
import { benchHash } from "./hash.js";
import { benchLedger } from "./ledgerMachine.js";
import { MACHINE_PEERS } from "./peers.js";
import { print, progress, readOptions } from "./options.js";

/** Steps in a second; undefined where an engine has not this guest. */
export interface Speeds {
  readonly jit: number;
  readonly stepper: number;
  readonly v8: number;
  readonly native: number | undefined;
}

/** Guests in C, with what they do once and what of it the stepper does. */
const GUESTS = [
  { name: "sha256", work: 60_000, stepped: 4_000 },
  { name: "quicksort", work: 1_000_000, stepped: 100_000 },
  { name: "sieve", work: 4_000_000, stepped: 800_000 },
  { name: "modpow", work: 8_000, stepped: 1_000 },
] as const;

const COLUMNS: readonly Column[] = [
  { title: "guest" },
  ...["stepper", "whole inputs", "plain V8", "native", "of V8", "of native"].map((title) => ({
    title,
    align: "right" as const,
  })),
];

const FOLDER = fileURLToPath(new URL("./guests", import.meta.url));
const RUNS = 7;

/** One guest on every engine; the same work everywhere but on the stepper, whose speed does not depend on how much it is. */
function benchGuest(name: string, work: number, stepped: number, compiler: string | undefined): Speeds {
  const bytes = readFileSync(join(FOLDER, `${name}.wasm`));
  const program = loadWasmProgram(bytes);
  const layout = program.exported("run")!;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports.run as (n: number) => number;
  const machine = program.start();
  const engine = new V8Engine(program, {});
  const whole = { layout, args: [BigInt(work)], maxSteps: 2 ** 48, input: undefined, keepTrapped: true };
  let [steps, done] = [0, 0];
  const result = BigInt(run(work) >>> 0);
  const [v8, jit] = fastest(
    () => run(work),
    () => {
      const end = engine.run(machine.registers, whole);
      if (end?.kind !== "returned" || end.results[0] !== result) throw new Error(`${name} goes wrong on V8`);
      steps = end.steps;
    },
  );
  const [stepper] = fastest(() => (done = machine.invoke("run", [BigInt(stepped)], 2 ** 48).steps));
  const native = compiler === undefined ? undefined : nativeSeconds(compiler, name, work);
  return {
    jit: steps / jit,
    stepper: done / stepper,
    v8: steps / v8,
    native: native === undefined ? undefined : steps / native,
  };
}

/** Seconds that the fastest run of each took; turn by turn, so that a busy moment hits all. */
function fastest(...work: (() => unknown)[]): number[] {
  const best = work.map(() => Infinity);
  for (let run = 0; run < RUNS; run++) {
    work.forEach((once, index) => {
      const start = performance.now();
      once();
      best[index] = Math.min(best[index], (performance.now() - start) / 1000);
    });
  }
  return best;
}

/** A C compiler of this system, undefined if there is none. */
function findCompiler(): string | undefined {
  return ["cc", "gcc", "clang"].find((command) => {
    try {
      execFileSync(command, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

function nativeSeconds(compiler: string, name: string, work: number): number {
  const folder = mkdtempSync(join(tmpdir(), "rollup-bench-"));
  try {
    const binary = join(folder, name);
    execFileSync(compiler, ["-O2", "-o", binary, join(FOLDER, `${name}.c`)]);
    return Number(execFileSync(binary, [`${work}`], { encoding: "utf8" }).split(" ")[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const options = readOptions([]);
const compiler = findCompiler();
const speeds: Record<string, Speeds> = {};
for (const { name, work, stepped } of GUESTS) {
  progress(name);
  speeds[name] = benchGuest(name, work, stepped, compiler);
}
progress("ledger");
speeds.ledger = await benchLedger();
progress("hashes");
const hash = benchHash();

const result: Record<string, number> = {};
for (const [name, speed] of Object.entries(speeds)) {
  result[`wasm.jit.${name}`] = speed.jit;
  result[`wasm.stepper.${name}`] = speed.stepper;
  result[`v8.${name}`] = speed.v8;
  if (speed.native !== undefined) result[`native.${name}`] = speed.native;
}
for (const [key, value] of Object.entries(hash)) result[`hash.${key}`] = value as number;

const millions = (value: number | undefined): string => (value === undefined ? "-" : (value / 1e6).toFixed(1));
/** Of the guests in C alone: the ledger's time is its host calls', which plain V8 has from another library. */
const ratios = GUESTS.map(({ name }) => speeds[name].jit / speeds[name].v8).toSorted((a, b) => a - b);
const median = (ratios[Math.floor((ratios.length - 1) / 2)] + ratios[Math.ceil((ratios.length - 1) / 2)]) / 2;
const rows = Object.entries(speeds).map(([name, { jit, stepper, v8, native }]) => [
  ...[name, millions(stepper), millions(jit), millions(v8), millions(native)],
  ...[(jit / v8).toFixed(2), native === undefined ? "-" : (jit / native).toFixed(2)],
]);
print(options, result, [
  ...formatTable(COLUMNS, rows),
  `million steps a second, the fastest of ${RUNS} runs; of the guests in C, whole inputs run at ${median.toFixed(2)} of plain V8 in the median`,
  "the ledger's time is mostly signatures, which plain V8 has recovered by another library: its ratio says nothing about the code",
  ...MACHINE_PEERS.map(([peer, speed]) => `${peer}: ${speed} million steps a second, as published`),
  `keccak256 of 64 bytes: ${hash.mhashPerSecond.toFixed(2)} million a second`,
  `64 MiB hashed from scratch: ${hash.full64MiB.toFixed(2)} s; 100 changed pages: ${(hash.dirty100Pages * 1000).toFixed(1)} ms`,
]);
