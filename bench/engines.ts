import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Exit } from "../plugin/machines/exit.js";
import { loadMipsProgram } from "../plugin/machines/mips/index.js";
import { MipsCode } from "../plugin/machines/mips/translate.js";
import type { RegisterMachine } from "../plugin/machines/registers/registerMachine.js";
import { loadRiscvProgram } from "../plugin/machines/riscv/index.js";
import { RiscvCode } from "../plugin/machines/riscv/translate.js";
import { translateAll } from "../plugin/machines/translate/library.js";
import type { Pace } from "../plugin/machines/translate/pacedRunner.js";
import { loadWasmProgram } from "../plugin/machines/wasm/index.js";
import type { ComputingGuest } from "./computingGuests.js";
import { fastest, seconds } from "./speeds.js";

/** What of one machine's steps in a second each engine does that stops anywhere. */
export interface EngineSpeeds {
  readonly stepper: number;
  readonly translator: number;
  /** The seconds that plain V8 takes for the same work, in those of translated code. */
  readonly ofV8: number;
}

const FOLDER = fileURLToPath(new URL("./guests", import.meta.url));
const LOADERS = { riscv: loadRiscvProgram, mips: loadMipsProgram };
/** The registers of the first argument, and of a result where the guest waits. */
const ARGUMENT = { riscv: 10, mips: 4 };

export const ENGINE_MACHINES = ["wasm", "riscv", "mips"] as const;
export type EngineMachine = (typeof ENGINE_MACHINES)[number];

/** Does some work and gives its steps and its result. */
type Work = (amount: number) => { readonly steps: number; readonly result: number };

/** A guest in C on one machine. */
export function benchEngines(machine: EngineMachine, { name, work, stepped }: ComputingGuest): EngineSpeeds {
  const bytes = readFileSync(join(FOLDER, `${name}.wasm`));
  const plain = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.run as (n: number) => number;
  const expected = plain(work) >>> 0;
  const [ours, theirs] = [workOf(machine, name, "at once"), workOf(machine, name, "never")];
  const { steps, result } = ours(work);
  if (result !== expected) throw new Error(`${name} goes wrong on ${machine}`);
  const few = theirs(stepped).steps;
  const [translator, v8] = fastest(
    () => seconds(() => ours(work)),
    () => seconds(() => plain(work)),
  );
  const [stepper] = fastest(() => seconds(() => theirs(stepped)));
  return { stepper: few / stepper, translator: steps / translator, ofV8: v8 / translator };
}

function workOf(machine: EngineMachine, name: string, pace: Pace): Work {
  if (machine === "wasm") {
    const flat = loadWasmProgram(readFileSync(join(FOLDER, `${name}.wasm`))).start();
    flat.runner.pace = pace;
    return (amount) => {
      const end = flat.invoke("run", [BigInt(amount)], 2 ** 48);
      return { steps: end.steps, result: end.kind === "returned" ? Number(end.results[0]) : NaN };
    };
  }
  const loaded = LOADERS[machine](readFileSync(join(FOLDER, `${name}.${machine}.elf`))).load();
  loaded.runner.pace = pace;
  return (amount) => {
    loaded.registers[ARGUMENT[machine]] = amount;
    return { steps: stepsToWait(loaded), result: loaded.registers[ARGUMENT[machine]] >>> 0 };
  };
}

function stepsToWait(machine: RegisterMachine): number {
  for (let steps = 0; ;) {
    const { count, exit } = machine.advance(2 ** 30);
    steps += count;
    if (exit === Exit.returned) return steps;
    if (exit !== Exit.steps) throw new Error("A guest of the benches traps.");
  }
}

const TEXT = 2 ** 20;
/** Regions that are compiled at once, as when a program begins that was translated before. */
const TOGETHER = 32;

/** Seconds to translate a MiB of code, all of it: the large interpreter again and again. */
export function benchTranslation(): Record<string, number> {
  return { riscv: translationSeconds("riscv", RiscvCode), mips: translationSeconds("mips", MipsCode) };
}

function translationSeconds(machine: "riscv" | "mips", Code: typeof RiscvCode | typeof MipsCode): number {
  const { image, ...program } = LOADERS[machine](readFileSync(join(FOLDER, `dispatch.${machine}.elf`)));
  const [text] = image.segments;
  const words = new DataView(text.data.buffer, text.data.byteOffset, text.data.length);
  const count = Math.floor(text.data.length / 4);
  const code = new Code((place) => words.getInt32(4 * (place % count), program.machine === "riscv"));
  const [best] = fastest(() => seconds(() => translateAll(code, 0, TEXT / 4, TOGETHER)));
  return best;
}
