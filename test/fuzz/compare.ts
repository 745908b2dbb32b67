import { loadWasmProgram, type WasmMachine, type WasmProgram } from "../../plugin/machines/wasm/index.js";
import type { V8Call, V8Run } from "../../plugin/machines/wasm/jit/v8Call.js";
import { V8Engine } from "../../plugin/machines/wasm/jit/v8Engine.js";
import { typeIndexOf, typeOf, type FunctionType, type WasmModule } from "../../plugin/machines/wasm/module.js";
import { parseModule } from "../../plugin/machines/wasm/parse.js";
import { encodeReference } from "../../plugin/machines/wasm/reference.js";
import { TRAP_CAUSES } from "../../plugin/machines/traps.js";
import type { Invocation } from "../../plugin/machines/wasm/wasmMachine.js";
import { inputOf } from "../helpers/inputs.js";
import { Native, type NativeEnd } from "./native.js";
import { Random } from "./random.js";

/** No generated program comes near: a generated loop or recursion ends by a limit that is part of the program. */
const MAX_STEPS = 20_000_000;

/** How often each function is called; what it finds in memory and globals is different every time. */
const ROUNDS = 2;

/** One program in so many is given inputs. */
const WITH_INPUTS = 3;

/** One call in so many is first run with budgets that it does not come through with. */
const BUDGETED = 8;

/** What running one module on all engines came to. */
export interface Comparison {
  calls: number;
  traps: number;
  steps: number;
  /** Runs that ended because their budget was used up, where all engines agree that it was. */
  stopped: number;
  /** Calls that V8 left to the stepper: its own stack was full. */
  left: number;
  /** Calls after which there is nothing to compare: the original or the machine ran out of stack. */
  exhausted: number;
}

/** A sum to add comparisons to. */
export function noComparison(): Comparison {
  return { calls: 0, traps: 0, steps: 0, stopped: 0, left: 0, exhausted: 0 };
}

/** Adds a module's figures to a sum. */
export function addComparison(sum: Comparison, { calls, traps, steps, stopped, left, exhausted }: Comparison): void {
  sum.calls += calls;
  sum.traps += traps;
  sum.steps += steps;
  sum.stopped += stopped;
  sum.left += left;
  sum.exhausted += exhausted;
}

/** The engines differ, which is a bug. */
export class EnginesDiffer extends Error {}

/**
 * Runs a module on V8 as it is, on the machine step by step, and on the machine's engine for whole inputs: calls all its functions (exports `f0`, `f1`,
 * ...) with the same arguments drawn from `seed`, then hands some programs inputs with different budgets. Compares results, causes of traps, steps, and
 * in the end all memory and globals (exports `g0`, `g1`, ..., `memory`).
 * @param native What V8 runs, where that is not the same: the module with the machine's rule for NaNs.
 * @throws {EnginesDiffer} where they are not the same.
 */
export function compareEngines(bytes: Uint8Array, seed: number, native = bytes): Comparison {
  return new Comparer(bytes, seed, native).run();
}

class Comparer {
  private readonly module: WasmModule;
  private readonly program: WasmProgram;
  private readonly native: Native;
  /** Takes every step. */
  private readonly stepped: WasmMachine;
  /** Its calls are run whole. */
  private readonly whole: WasmMachine;
  private readonly engine: V8Engine;
  private readonly random: Random;
  private readonly found = noComparison();

  constructor(
    bytes: Uint8Array,
    private readonly seed: number,
    native: Uint8Array,
  ) {
    this.module = parseModule(bytes);
    this.program = loadWasmProgram(bytes);
    this.native = new Native(native, slotsOf(this.program));
    this.stepped = this.program.start();
    this.whole = this.program.start();
    this.engine = new V8Engine(this.program, {});
    this.random = new Random(seed);
  }

  run(): Comparison {
    const functions = [...this.module.exports.functions];
    for (const [name, index] of Array.from({ length: ROUNDS }, () => functions).flat()) {
      if (!this.compareCall(name, typeOf(this.module, index))) {
        this.found.exhausted++;
        return this.found;
      }
    }
    this.compareStates();
    if (this.seed % WITH_INPUTS === 0) this.compareInputs();
    return this.found;
  }

  /** False if the original or the machine ran out of stack. */
  private compareCall(name: string, type: FunctionType): boolean {
    const args = type.parameters.map((parameter) => this.native.references.argument(this.random.value(), parameter));
    const what = `${name}(${args.join(", ")})`;
    const native = this.native.call(name, type, args);
    const stepped = this.stepped.invoke(name, args, MAX_STEPS);
    this.found.calls++;
    this.found.steps += stepped.steps;
    this.compareWhole(what, name, args, stepped);
    const overflows = stepped.kind === "trapped" && stepped.cause === "stack exhausted";
    if (native.kind === "exhausted" || stepped.kind === "out-of-steps" || overflows) return false;
    if (native.kind === "trapped") this.found.traps++;
    this.compareEnds(what, type, native, stepped);
    return true;
  }

  private compareEnds(what: string, { results }: FunctionType, native: NativeEnd, stepped: Invocation): void {
    const differ = (): never => this.fail(`${what} gives ${show(native)} on V8, ${show(stepped)} on the machine`);
    if (native.kind === "trapped") {
      if (stepped.kind !== "trapped" || !native.causes.includes(stepped.cause)) differ();
    } else if (native.kind === "returned") {
      const ours =
        stepped.kind === "returned"
          ? stepped.results.map((bits, index) => this.native.references.sameNaN(bits, results[index]))
          : [];
      if (stepped.kind !== "returned" || ours.join() !== native.results.join()) differ();
    }
  }

  private compareWhole(what: string, name: string, args: readonly bigint[], stepped: Invocation): void {
    const call = { layout: this.program.exported(name)!, args, input: undefined, keepTrapped: true };
    const run = (maxSteps: number): V8Run | undefined => this.runWhole({ ...call, maxSteps });
    const { steps } = stepped;
    const short = this.random.below(BUDGETED) === 0 ? [this.random.below(steps), steps - 1] : [];
    for (const maxSteps of short) {
      const end = run(maxSteps);
      if (end !== undefined && end.kind !== "out-of-steps")
        this.fail(`${what} takes no more than ${maxSteps} of ${steps} steps on V8`);
      this.found.stopped++;
    }
    const end = run(short.length > 0 ? steps : MAX_STEPS);
    if (end === undefined) {
      this.found.left++;
      this.whole.invoke(name, args, MAX_STEPS);
    } else if (show(end, true) !== show(stepped, true)) {
      this.fail(`${what} gives ${show(end, true)} as a whole, ${show(stepped, true)} step by step`);
    }
  }

  private runWhole(call: V8Call): V8Run | undefined {
    return this.engine.run(this.whole.registers, call);
  }

  private compareStates(): void {
    const { registers } = this.stepped;
    for (const [name, index] of this.module.exports.globals) {
      const { type } = this.module.globals[index];
      const [native, ours] = [
        this.native.global(name, type),
        this.native.references.sameNaN(registers.tables.get(index), type),
      ];
      if (native !== ours) this.fail(`${name} is ${native} on V8, ${ours} on the machine`);
    }
    const { memory } = this.native;
    if (memory !== undefined) {
      const { bytes, size } = registers.memory;
      if (Buffer.compare(memory, bytes.subarray(0, size)) !== 0) this.fail("memories differ");
    }
    this.compareTables();
    if (this.whole.stateHash() !== this.stepped.stateHash()) this.fail("state hashes differ");
  }

  private compareTables(): void {
    const { table } = this.native;
    if (table === undefined) return;
    const { tables } = this.stepped.registers;
    const { base, size, sizeGlobal } = this.program.lowered.regions[0];
    const length = sizeGlobal === undefined ? size : Number(tables.get(sizeGlobal));
    const ours = Array.from({ length }, (_, index) => tables.get(base + index));
    if (ours.join() !== table.join()) this.fail(`the table is ${table.join()} on V8, ${ours.join()} on the machine`);
  }

  /** An input, with budgets about as large as what it takes. */
  private compareInputs(): void {
    const steps = this.compareInput(MAX_STEPS);
    const again = this.compareInput(MAX_STEPS) - 1;
    for (const budget of [1, 1 + this.random.below(steps), again, again + 1, again + 2]) this.compareInput(budget);
  }

  /** Gives the steps that it took. */
  private compareInput(budget: number): number {
    const input = inputOf({ budget: BigInt(budget) });
    for (const machine of [this.stepped, this.whole]) machine.deliver(input);
    const stepped = this.stepped.run(MAX_STEPS + 1);
    const whole = this.whole.runWhole() ?? this.whole.run(MAX_STEPS + 1);
    const ends = [this.stepped, this.whole].map((machine) => [machine.outcome, machine.trapCause, machine.stateHash()]);
    const [a, b] = [[stepped, ...ends[0]].join(), [whole, ...ends[1]].join()];
    if (a !== b) this.fail(`an input with a budget of ${budget} ends in ${a} step by step, in ${b} as a whole`);
    if (this.stepped.outcome === "out-of-budget") this.found.stopped++;
    return stepped;
  }

  private fail(what: string): never {
    throw new EnginesDiffer(`seed ${this.seed}: ${what}`);
  }
}

/** References to the exported functions, by their names. */
function slotsOf({ lowered }: WasmProgram): Map<string, bigint> {
  const { module, typeNumbers, layouts } = lowered;
  const slots = [...module.exports.functions].map(([name, index]): [string, bigint] => {
    return [name, encodeReference(typeNumbers[typeIndexOf(module, index)], layouts[index])];
  });
  return new Map(slots);
}

function show(end: NativeEnd | Invocation | V8Run, withSteps = false): string {
  const steps = withSteps && "steps" in end ? ` after ${end.steps} steps` : "";
  if (end.kind === "returned") return `[${end.results.join(", ")}]${steps}`;
  if (end.kind !== "trapped") return end.kind;
  const cause = "trap" in end ? TRAP_CAUSES[end.trap] : "cause" in end ? end.cause : end.causes.join(" or ");
  return `a trap (${cause})${steps}`;
}
