import type { Hex } from "../../hex.js";
import type { Input } from "../../input.js";
import { Exit, type StepperResult } from "../exit.js";
import { CHUNK, GuestMachine, type CoreImage } from "../guestMachine.js";
import { executeHostCall } from "../host.js";
import { HOST_CALLS } from "../hostCalls.js";
import type { MachineHost, StepDescription } from "../machine.js";
import type { ProofContext } from "../proof.js";
import { badImage } from "../snapshotImage.js";
import type { Engine } from "../translate/engine.js";
import { PacedRunner } from "../translate/pacedRunner.js";
import { Trap, TRAP_CAUSES, type TrapCause } from "../traps.js";
import { describeInstruction } from "./describe.js";
import { TRAMPOLINE } from "./hostCalls.js";
import { Op, STACK_SLOTS } from "./instruction.js";
import type { V8Call, V8Run } from "./jit/v8Call.js";
import { V8Engine } from "./jit/v8Engine.js";
import type { FunctionLayout } from "./layout.js";
import type { WasmProgram } from "./program.js";
import { proveDelivery, proveInstruction } from "./prove.js";
import { nullElementTrap } from "./regions.js";
import { hashCore, packRegisters, Registers, unpackWaiting, type Core } from "./registers.js";
import { runSteps } from "./stepper.js";
import { translateWasm } from "./translatedWasm.js";

/** How a call of an exported function ended. `steps` includes the one that trapped. */
export type Invocation =
  | { readonly kind: "returned"; readonly steps: number; /** Unsigned. */ readonly results: readonly bigint[] }
  | { readonly kind: "trapped"; readonly steps: number; readonly cause: TrapCause }
  | { readonly kind: "out-of-steps"; readonly steps: number };

/** How a run of some steps ended. */
export interface Advance extends Readonly<StepperResult> {
  /** Steps that were made, one that trapped included. */
  readonly count: number;
}

/** A guest in some state: the off-chain half of `contracts/machines/wasm/WasmMachine.sol`. */
export class WasmMachine extends GuestMachine<Core> {
  readonly registers: Registers;
  /** Runs it step by step. */
  readonly runner = new PacedRunner({
    result: this.result,
    step: (steps) => runSteps(this.registers, this.program.decoded, steps, this.result),
    stepsBefore: 2 ** 20,
    makeEngine: (patience) => this.makeTranslator(patience),
  });
  private engine: V8Engine | undefined;

  /** A machine before its start function; `WasmProgram.start` makes those that wait. */
  constructor(
    readonly program: WasmProgram,
    host: MachineHost,
  ) {
    super(host);
    this.registers = new Registers(program);
  }

  runWhole(): number | undefined {
    const call = this.wholeCall();
    return call === undefined ? undefined : this.takeOver(call, this.v8.run(this.registers, call));
  }

  async runWholeInTurns(turn: () => Promise<void>): Promise<number | undefined> {
    const call = this.wholeCall();
    return call === undefined ? undefined : this.takeOver(call, await this.v8.runInTurns(this.registers, call, turn));
  }

  private get v8(): V8Engine {
    this.engine ??= new V8Engine(this.program, this.host);
    return this.engine;
  }

  /** The rest of the current input as one call; undefined unless it was just delivered. */
  private wholeCall(): V8Call | undefined {
    const { input, room } = this;
    if (this.waiting || input === undefined || this.step !== 1) return undefined;
    return { layout: this.program.handler, args: [], maxSteps: room, input, keepTrapped: false };
  }

  /** The input was handled by `call`; gives how many steps it took. */
  private takeOver({ maxSteps }: V8Call, run: V8Run | undefined): number | undefined {
    if (run === undefined) return undefined;
    if (run.kind === "out-of-steps") {
      this.revert("out-of-budget");
      return maxSteps + 1;
    }
    if (run.kind === "trapped") this.revertTrapped(run.trap);
    else {
      if (run.outputRoot !== undefined) this.publish(run.outputRoot);
      this.conclude();
    }
    return run.steps;
  }

  protected shareCore(): Core {
    return this.registers.share();
  }

  protected restoreCore(core: Core): void {
    this.registers.restore(core);
  }

  protected coreImage(core: Core): CoreImage {
    return { registers: packRegisters(core), trees: [core.memory, core.stack, core.tables] };
  }

  protected coreOf({ registers, trees }: CoreImage): Core {
    const core = unpackWaiting(registers, trees);
    const { memoryDepth, tables, lowered } = this.program;
    const isOwn = core?.memory.depth === memoryDepth && core.tables.depth === tables.depth;
    if (core === undefined || !isOwn || core.pages > lowered.maximumPages) throw badImage("it is of another program");
    return core;
  }

  protected hashCore(core: Core): Hex {
    return hashCore(core);
  }

  protected enterHandler(): void {
    this.enter(this.program.handler);
  }

  protected leaveHandler(): void {
    this.registers.clearStack();
  }

  protected proveDelivery(core: Core, input: Input): Uint8Array {
    return proveDelivery(this.program, core, input);
  }

  protected proveInstruction(core: Core, context: ProofContext): Uint8Array {
    return proveInstruction(this.program, core, context);
  }

  protected describeRegisters(): Record<string, string> {
    const { pc, fp, memory } = this.registers;
    return { pc: String(pc), fp: String(fp), pages: String(memory.pages), step: String(this.step) };
  }

  protected describeInstruction(values: Record<string, string>): StepDescription {
    return describeInstruction(this, values);
  }

  /**
   * Calls an exported function outside of any input; what it did before a trap stays. For tests and tools: on chain only inputs run.
   * @param args One for each parameter; their low bits count.
   * @throws {TypeError} if there is no such function.
   */
  invoke(name: string, args: readonly bigint[], maxSteps: number): Invocation {
    const layout = this.program.exported(name);
    if (layout === undefined) throw new TypeError(`no exported function ${name}`);
    return this.invokeFunction(layout, args, maxSteps);
  }

  /** As `invoke`. */
  invokeFunction(layout: FunctionLayout, args: readonly bigint[], maxSteps: number): Invocation {
    this.requireWaiting();
    if (layout.frame > STACK_SLOTS) return { kind: "trapped", steps: 0, cause: "stack exhausted" };
    layout.type.parameters.forEach((type, index) => {
      this.registers.stack.set(index, BigInt.asUintN(type === "i32" ? 32 : 64, args[index]));
    });
    this.enter(layout);
    const invocation = this.runInvocation(layout, maxSteps);
    this.registers.clearStack();
    return invocation;
  }

  /**
   * Executes up to `steps` instructions outside of any input, from wherever the registers are: for whoever lays out frames itself. Stops
   * with `Exit.host` before a call of a function that is imported and is no host call.
   */
  advance(steps: number): Advance {
    const count = this.executeUpTo(Math.min(steps, CHUNK), true);
    return { count, ...this.result };
  }

  protected execute(steps: number): number {
    return this.executeUpTo(steps, false);
  }

  private runInvocation(layout: FunctionLayout, maxSteps: number): Invocation {
    let steps = 0;
    while (steps < maxSteps) {
      steps += this.execute(Math.min(maxSteps - steps, CHUNK));
      if (this.result.exit === Exit.trapped)
        return { kind: "trapped", steps, cause: TRAP_CAUSES[this.result.trap] as TrapCause };
      if (this.result.exit !== Exit.returned) continue;
      const results = layout.type.results.map((_, index) => this.registers.stack.get(index));
      return { kind: "returned", steps, results };
    }
    return { kind: "out-of-steps", steps };
  }

  private enter(layout: FunctionLayout): void {
    this.registers.pc = layout.entry;
    this.registers.fp = 0;
    this.registers.used = layout.frame;
  }

  /** Executes up to `steps` instructions; `this.result` tells how it went. @param callsOut Whether to stop before what `advance` stops before. */
  private executeUpTo(steps: number, callsOut: boolean): number {
    const { registers, result } = this;
    const count = this.runner.run(steps);
    if (result.trap === Trap.nullElement) result.trap = this.nullElementTrap();
    if (result.exit !== Exit.host || (callsOut && this.isBeforeCallOut)) return count;
    result.trap = this.executeOutside();
    if (result.trap === Trap.none) registers.pc++;
    result.exit = result.trap === Trap.none ? Exit.steps : Exit.trapped;
    return count + 1;
  }

  private makeTranslator(patience: number): Engine {
    const { program, registers, result } = this;
    const step = (steps: number): number => runSteps(registers, program.decoded, steps, result);
    return translateWasm(program, registers, { result, step }, patience);
  }

  /** Whether the instruction at the program counter calls what is neither the machine's nor the host's. */
  private get isBeforeCallOut(): boolean {
    const { op, a } = this.program.code[this.registers.pc];
    return op === Op.host && a >= TRAMPOLINE;
  }

  /** Why the `call_indirect` at the program counter found no function. */
  private nullElementTrap(): number {
    const { program, registers } = this;
    const { stack, tables, pc, fp } = registers;
    const instruction = program.code[pc];
    const index = Number(stack.get(fp + instruction.h + (instruction.a & 0xffff)));
    return nullElementTrap(program.lowered.regions, instruction, index, (global) => Number(tables.get(global)));
  }

  /** The instruction at the program counter, which needs more than the stepper's registers. */
  private executeOutside(): number {
    const { registers, program } = this;
    const { op, h, a } = program.code[registers.pc];
    const slot = registers.fp + h;
    if (op === Op.memoryGrow) {
      const { memory, stack } = registers;
      const pages = memory.pages;
      const sum = pages + Number(stack.get(slot));
      stack.set(slot, sum > a ? 0xffffffffn : BigInt(pages));
      if (sum <= a) memory.grow(sum);
      return Trap.none;
    }
    const args = HOST_CALLS[a].parameters.map((_, index) => Number(registers.stack.get(slot + index)));
    return executeHostCall(a, args, registers.memory, this.hostContext);
  }
}
