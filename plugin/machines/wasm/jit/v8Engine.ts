import type { MachineHost } from "../../machine.js";
import { executeHostCall } from "../../host.js";
import { hostCallOf } from "../hostCalls.js";
import type { FunctionLayout } from "../layout.js";
import type { WasmProgram } from "../program.js";
import type { Registers } from "../registers.js";
import { Trap } from "../../traps.js";
import { Fuel } from "./fuel.js";
import { HostTrap, OutOfFuel, RunningCall, Undecided, type Patience, type V8Call, type V8Run } from "./v8Call.js";
import { V8Instance, type Code, type V8Stop } from "./v8Instance.js";

/** How far a call goes before others get their turn. */
export interface V8Limits {
  /** Steps between two looks at the clock: milliseconds, but for those that call the host. */
  readonly slice: number;
  /** Milliseconds between two turns of others; and those after which a call is given up that cannot pause. */
  readonly turn: number;
  readonly giveUp: number;
  /** Whether calls can pause: the engine can leave WebAssembly's stack and come back to it (JSPI). */
  readonly pauses: boolean;
}

const LIMITS: V8Limits = { slice: 2 ** 22, turn: 50, giveUp: 500, pauses: WebAssembly.promising !== undefined };

/** A function that is about to be called. */
interface Entered {
  readonly code: Code;
  readonly args: readonly (number | bigint)[];
}

/** What came of a call. */
type End = { readonly result: unknown } | { readonly error: unknown };

/** Runs calls whole on V8, with the steps that the flat machine would take. One at a time. */
export class V8Engine {
  private instance: V8Instance | undefined;
  private running: RunningCall | undefined;
  /** Whether V8 takes the module: its limits are not the machine's, and what is instrumented is larger. */
  private compiles = true;
  private readonly imports: Record<string, unknown>;

  constructor(
    private readonly program: WasmProgram,
    private readonly host: MachineHost,
    private readonly limits = LIMITS,
  ) {
    const { imports, types } = program.lowered.module;
    const calls = imports.map((item, index) => {
      const call = hostCallOf(item, types[item.type]);
      return [`${index}`, (...args: number[]): undefined => this.hostCall(call, args)] as const;
    });
    this.imports = { ...Object.fromEntries(calls), ...this.ownImports() };
  }

  /**
   * Runs a call from what the registers hold, however long it takes. If it returns, `registers` hold what it left; if not, they are as they were
   * unless `keepTrapped`. Gives undefined, and has done nothing, where only the stepper can tell: V8 ran out of stack or memory, or takes no
   * such module.
   * @throws what the host throws; nothing has changed then.
   */
  run(registers: Registers, call: V8Call): V8Run | undefined {
    return this.runUnpaused(registers, call, Infinity);
  }

  /**
   * As `run`, but others run in between, whenever `turn` was called; nobody may touch the registers before the end. Where V8 cannot pause, it also
   * gives undefined for what takes long.
   */
  async runInTurns(registers: Registers, call: V8Call, turn: () => Promise<void>): Promise<V8Run | undefined> {
    const { promising } = WebAssembly;
    if (!this.limits.pauses || promising === undefined) return this.runUnpaused(registers, call, this.limits.giveUp);
    const entered = this.prepare(registers, call, { milliseconds: this.limits.turn, turn });
    if (entered === undefined) return undefined;
    const end = await promising(entered.code)(...entered.args).then(
      (result): End => ({ result }),
      (error: unknown): End => ({ error }),
    );
    return this.conclude(registers, end);
  }

  private runUnpaused(registers: Registers, call: V8Call, milliseconds: number): V8Run | undefined {
    const entered = this.prepare(registers, call, { milliseconds, turn: undefined });
    if (entered === undefined) return undefined;
    let end: End;
    try {
      end = { result: entered.code(...entered.args) };
    } catch (error) {
      end = { error };
    }
    return this.conclude(registers, end);
  }

  /** The code with its arguments, in an instance that holds what the registers do. */
  private prepare(registers: Registers, call: V8Call, patience: Patience): Entered | undefined {
    if (this.instance?.memory.pages !== registers.memory.pages)
      this.instance = this.instantiate(registers.memory.pages);
    const { instance } = this;
    if (instance === undefined) return undefined;
    const { layout, args, maxSteps } = call;
    instance.load(registers);
    const fuel = new Fuel(instance.fuel, maxSteps, this.limits.slice);
    this.running = new RunningCall(call, fuel, patience, this.host);
    const values = args.map((arg, index) =>
      layout.type.parameters[index] === "i32" ? Number(BigInt.asIntN(32, arg)) : BigInt.asIntN(64, arg),
    );
    return { code: instance.code(layout), args: [...values, 0] };
  }

  private instantiate(pages: number): V8Instance | undefined {
    if (!this.compiles) return undefined;
    try {
      return new V8Instance(this.program, pages, this.imports);
    } catch (error) {
      this.compiles = !(error instanceof WebAssembly.CompileError);
      if (error instanceof RangeError || !this.compiles) return undefined;
      throw error;
    }
  }

  private ownImports(): Record<string, unknown> {
    const grow = (delta: number): number => {
      this.running!.hurry();
      return this.instance!.memory.grow(delta >>> 0);
    };
    const pause = (): Promise<void> => this.running!.pause();
    const { Suspending } = WebAssembly;
    return {
      grow,
      grant: () => this.running!.grant(),
      pause: Suspending === undefined ? pause : new Suspending(pause),
    };
  }

  /** Everything before it is counted; nothing happens that the budget does not reach. */
  private hostCall(number: number, args: readonly number[]): undefined {
    const running = this.running!;
    if (running.fuel.left < 0) throw new OutOfFuel();
    running.hurry();
    const unsigned = args.map((arg) => arg >>> 0);
    const trap = executeHostCall(number, unsigned, this.instance!.memory, running.context);
    if (trap !== Trap.none) throw new HostTrap(trap);
  }

  /** Tells how a call ended, and keeps or takes back what it did. */
  private conclude(registers: Registers, end: End): V8Run | undefined {
    const { call, logs } = this.running!;
    try {
      const run = this.explain(registers, end);
      const keeps = run.kind === "returned" || (run.kind === "trapped" && call.keepTrapped);
      if (keeps) this.instance!.save(registers);
      else this.undo(registers);
      logs.forEach((log) => this.host.log?.(log));
      return run;
    } catch (error) {
      this.undo(registers);
      if (error instanceof Undecided || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private undo(registers: Registers): void {
    if (this.instance!.memory.pages === registers.memory.pages) this.instance!.undo(registers);
    else this.instance = undefined;
  }

  private explain(registers: Registers, end: End): V8Run {
    const { call, fuel, outputRoot } = this.running!;
    const { layout, maxSteps } = call;
    const steps = maxSteps - fuel.left;
    if ("result" in end) {
      if (steps > maxSteps) return { kind: "out-of-steps" };
      return { kind: "returned", steps, results: unsigned(end.result, layout), outputRoot };
    }
    if (end.error instanceof OutOfFuel) return { kind: "out-of-steps" };
    const { trap, ahead } = this.stopOf(registers, end.error);
    return steps - ahead > maxSteps ? { kind: "out-of-steps" } : { kind: "trapped", steps: steps - ahead, trap };
  }

  /** Why the guest was left. Throws what is none of the guest's. */
  private stopOf(registers: Registers, error: unknown): V8Stop {
    if (error instanceof HostTrap) return { trap: error.trap, ahead: 0 };
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const stop = this.instance!.explain(error, registers);
    if (stop === undefined) throw new Undecided();
    return stop;
  }
}

function unsigned(result: unknown, { type }: FunctionLayout): bigint[] {
  const values = (type.results.length === 1 ? [result] : (result ?? [])) as (number | bigint)[];
  return values.map((value, index) => BigInt.asUintN(type.results[index] === "i32" ? 32 : 64, BigInt(value)));
}
