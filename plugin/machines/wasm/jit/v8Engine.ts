import { RollupError } from "../../../errors.js";
import type { Hex } from "../../../hex.js";
import type { Input } from "../../../input.js";
import type { GuestLog, MachineHost } from "../../machine.js";
import { executeHostCall } from "../host.js";
import { hostCallOf } from "../hostCalls.js";
import type { Instruction } from "../instruction.js";
import type { FunctionLayout } from "../layout.js";
import type { WasmProgram } from "../program.js";
import { nullElementTrap } from "../regions.js";
import type { Registers } from "../registers.js";
import { Trap } from "../traps.js";
import { OUT_OF_FUEL } from "./counting.js";
import { causeOf, positionOf } from "./v8Traps.js";
import { V8Memory } from "./v8Memory.js";
import { V8Slots } from "./v8Slots.js";

/** How a call ended that took no more steps than it might; `steps` includes one that trapped. */
export type V8Run =
  | {
      readonly kind: "returned";
      readonly steps: number;
      /** Unsigned. */
      readonly results: readonly bigint[];
      /** What was published last, undefined if nothing was. */
      readonly outputRoot: Hex | undefined;
    }
  | { readonly kind: "trapped"; readonly steps: number; readonly trap: number }
  | { readonly kind: "out-of-steps" };

/** A call from outside. */
export interface V8Call {
  readonly layout: FunctionLayout;
  readonly args: readonly bigint[];
  readonly maxSteps: number;
  readonly input: Input | undefined;
  /** Keep what a call did that trapped, as `WasmMachine.invoke` does. */
  readonly keepTrapped: boolean;
}

/** Leaves the guest from a host call. */
class HostTrap extends Error {
  constructor(readonly trap: number) {
    super();
  }
}

/** V8 cannot tell what the machine would do; the stepper has to. */
class Undecided extends Error {}

/** An instance of the instrumented module, and its memory. */
interface Instance {
  readonly exports: Record<string, unknown>;
  readonly memory: V8Memory;
  /** Undefined where code indexes no regions. */
  readonly slots: V8Slots | undefined;
}

/** Runs calls whole on V8, with the steps that the flat machine would take. */
export class V8Engine {
  private instance: Instance | undefined;
  private call: V8Call | undefined;
  private outputRoot: Hex | undefined;
  private logs: GuestLog[] = [];
  private readonly hostCalls: readonly number[];

  constructor(
    private readonly program: WasmProgram,
    private readonly host: MachineHost,
  ) {
    const { module } = program.lowered;
    this.hostCalls = module.imports.map((item) => hostCallOf(item, module.types[item.type]));
  }

  /**
   * Runs a call from what the registers hold. If it returns, memory and globals of `registers` are what it left; if not, they are as they were
   * unless `keepTrapped`. Gives undefined, and has done nothing, where only the stepper can tell: V8 ran out of stack or memory.
   * @throws what the host throws; nothing has changed then.
   */
  run(registers: Registers, call: V8Call): V8Run | undefined {
    const instance = this.prepare(registers, call);
    if (instance === undefined) return undefined;
    try {
      const run = this.enter(instance, registers, call);
      const keeps = run.kind === "returned" || (run.kind === "trapped" && call.keepTrapped);
      if (keeps) this.save(instance, registers);
      else this.undo(instance, registers);
      this.logs.forEach((log) => this.host.log?.(log));
      return run;
    } catch (error) {
      this.undo(instance, registers);
      if (error instanceof Undecided || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The instance with the registers' memory and globals, ready for a call. */
  private prepare(registers: Registers, call: V8Call): Instance | undefined {
    if (this.instance?.memory.pages !== registers.memory.pages)
      this.instance = this.instantiate(registers.memory.pages);
    const { instance } = this;
    if (instance === undefined) return undefined;
    instance.memory.load(registers.memory);
    instance.slots?.load(registers.tables, registers.shareTables());
    this.eachGlobal(instance, (global, type, index) => {
      const value = registers.tables.get(index);
      global.value = type === "i32" ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value);
    });
    this.special(instance, 0).value = BigInt(call.maxSteps);
    this.special(instance, 1).value = 0;
    this.call = call;
    this.outputRoot = undefined;
    this.logs = [];
    return instance;
  }

  private instantiate(pages: number): Instance | undefined {
    const { program } = this;
    try {
      const memory = new V8Memory(program.memoryDepth, pages, program.lowered.maximumPages);
      const { module, regions } = program.instrumented;
      const slots = regions.inMemory ? new V8Slots(program.tables.depth, regions) : undefined;
      const memories = { memory: memory.memory, marks: memory.marks, ...(slots && { slots: slots.memory }) };
      const { exports } = new WebAssembly.Instance(module, { host: { ...this.imports(memory), ...memories } });
      return { exports, memory, slots };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private imports(memory: V8Memory): Record<string, (...args: number[]) => number | undefined> {
    const calls = this.hostCalls.map((call, index) => {
      const run = (...args: number[]): undefined => this.hostCall(call, args, memory);
      return [`${index}`, run] as const;
    });
    return { ...Object.fromEntries(calls), grow: (delta: number) => memory.grow(delta >>> 0) };
  }

  /** Everything before it is counted; nothing happens that the budget does not reach. */
  private hostCall(number: number, args: readonly number[], memory: V8Memory): undefined {
    if (this.left(this.instance!) < 0n) throw new HostTrap(OUT_OF_FUEL);
    const trap = executeHostCall(
      number,
      args.map((arg) => arg >>> 0),
      memory,
      {
        host: { ...this.host, preimage: this.host.preimage?.bind(this.host), log: (log) => this.logs.push(log) },
        input: this.call!.input,
        publish: (outputRoot) => (this.outputRoot = outputRoot),
      },
    );
    if (trap !== Trap.none) throw new HostTrap(trap);
  }

  private enter(instance: Instance, registers: Registers, call: V8Call): V8Run {
    const { layout, args, maxSteps } = call;
    const name = this.program.instrumented.exports.get(layout.entry);
    if (name === undefined) throw new RollupError("WASM_NO_CODE", "The function has no code.", { entry: layout.entry });
    const values = args.map((arg, index) =>
      layout.type.parameters[index] === "i32" ? Number(BigInt.asIntN(32, arg)) : BigInt.asIntN(64, arg),
    );
    const enter = instance.exports[name] as (...values: (number | bigint)[]) => unknown;
    try {
      const result = enter(...values, 0);
      const steps = maxSteps - Number(this.left(instance));
      if (steps > maxSteps) return { kind: "out-of-steps" };
      return { kind: "returned", steps, results: unsigned(result, layout), outputRoot: this.outputRoot };
    } catch (error) {
      const { trap, ahead } = this.explain(instance, registers, error);
      const steps = maxSteps - Number(this.left(instance)) - ahead;
      return trap === OUT_OF_FUEL || steps > maxSteps ? { kind: "out-of-steps" } : { kind: "trapped", steps, trap };
    }
  }

  /** Why the guest was left, and how many steps were counted that it had not come to. Throws what is none of the guest's. */
  private explain(
    instance: Instance,
    registers: Registers,
    error: unknown,
  ): { readonly trap: number; readonly ahead: number } {
    if (error instanceof HostTrap) return { trap: error.trap, ahead: 0 };
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const cause = Number(this.special(instance, 1).value);
    if (cause !== 0) return { trap: cause, ahead: 0 };
    const position = positionOf(error);
    const point = position === undefined ? undefined : this.program.instrumented.points.get(position);
    if (point === undefined) throw new Undecided();
    const instruction = this.program.code[point.at];
    const trap = causeOf(error, instruction, () => this.nullTrap(instance, registers, instruction));
    if (trap === undefined) throw new Undecided();
    return { trap, ahead: point.ahead };
  }

  /** Why the last indirect call trapped if it found null, undefined if it did not. */
  private nullTrap(instance: Instance, registers: Registers, instruction: Instruction): number | undefined {
    const index = Number(this.special(instance, 2).value) >>> 0;
    const slots = instance.slots ?? registers.tables;
    if (slots.get(instruction.high + index) !== 0n) return undefined;
    const valueOf = (global: number): number =>
      Number((instance.exports[`g${global}`] as WebAssembly.Global).value) >>> 0;
    return nullElementTrap(this.program.lowered.regions, instruction, index, valueOf);
  }

  private save(instance: Instance, registers: Registers): void {
    instance.memory.save(registers.memory);
    this.eachGlobal(instance, (global, _, index) => {
      const { value } = global;
      registers.tables.set(index, typeof value === "bigint" ? BigInt.asUintN(64, value) : BigInt(value >>> 0));
    });
    instance.slots?.save(registers.tables, () => registers.shareTables());
  }

  private undo(instance: Instance, registers: Registers): void {
    if (instance.memory.pages !== registers.memory.pages) {
      this.instance = undefined;
      return;
    }
    instance.memory.undo(registers.memory);
    instance.slots?.undo(registers.tables);
  }

  private eachGlobal(
    instance: Instance,
    visit: (global: WebAssembly.Global, type: string, index: number) => void,
  ): void {
    this.program.lowered.module.globals.forEach(({ mutable, type }, index) => {
      if (mutable) visit(instance.exports[`g${index}`] as WebAssembly.Global, type, index);
    });
  }

  /** Of the globals that instrumentation adds. */
  private special(instance: Instance, index: number): WebAssembly.Global {
    return instance.exports[`g${this.program.lowered.module.globals.length + index}`] as WebAssembly.Global;
  }

  private left(instance: Instance): bigint {
    return this.special(instance, 0).value as bigint;
  }
}

function unsigned(result: unknown, { type }: FunctionLayout): bigint[] {
  const values = (type.results.length === 1 ? [result] : (result ?? [])) as (number | bigint)[];
  return values.map((value, index) => BigInt.asUintN(type.results[index] === "i32" ? 32 : 64, BigInt(value)));
}
