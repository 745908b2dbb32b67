import { ZERO_WORD, type Hex } from "../../hex.js";
import type { Input } from "../../input.js";
import { MachineRunsError } from "../errors.js";
import type { InputOutcome, Machine, MachineHost, MachineState, Snapshot, StepDescription } from "../machine.js";
import { hashMachineState } from "../state.js";
import { Checkpoint } from "./checkpoint.js";
import { describeStep } from "./describe.js";
import { executeHostCall, type HostContext } from "./host.js";
import { HOST_CALLS, TRAMPOLINE } from "./hostCalls.js";
import { Op, STACK_SLOTS } from "./instruction.js";
import type { V8Call, V8Run } from "./jit/v8Call.js";
import { V8Engine } from "./jit/v8Engine.js";
import type { FunctionLayout } from "./layout.js";
import type { WasmProgram } from "./program.js";
import { proveDelivery, proveInstruction, proveRestore } from "./prove.js";
import { nullElementTrap } from "./regions.js";
import { hashCore, Registers, type Core } from "./registers.js";
import { Exit, runSteps, type StepperResult } from "./stepper.js";
import { Trap, TRAP_CAUSES, type TrapCause } from "./traps.js";

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

/** The stepper counts in 32 bits. */
const CHUNK = 2 ** 30;

/** A machine's fields besides what instructions work on. */
interface Status {
  readonly outputRoot: Hex;
  readonly inputCount: bigint;
  readonly deadline: bigint;
  readonly step: number;
  readonly input: Input | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly outcome: InputOutcome | undefined;
  readonly trapCause: TrapCause | undefined;
}

const GENESIS: Status = {
  outputRoot: ZERO_WORD,
  inputCount: 0n,
  deadline: 0n,
  step: 0,
  input: undefined,
  checkpoint: undefined,
  outcome: undefined,
  trapCause: undefined,
};

/** What `snapshot` gives, behind its brand. */
class WasmSnapshot {
  readonly brand = "snapshot";
  constructor(
    readonly core: Core,
    readonly status: Status,
  ) {}
}

/** A guest in some state: the off-chain half of `contracts/machines/wasm/WasmMachine.sol`. */
export class WasmMachine implements Machine {
  readonly registers: Registers;
  private status: Status = GENESIS;
  private readonly result: StepperResult = { exit: Exit.steps, trap: Trap.none };
  private engine: V8Engine | undefined;
  private readonly hostContext: HostContext;

  /** A machine before its start function; `WasmProgram.start` makes those that wait. */
  constructor(
    readonly program: WasmProgram,
    private readonly host: MachineHost,
  ) {
    this.registers = new Registers(program);
    this.hostContext = this.makeHostContext();
  }

  get waiting(): boolean {
    return this.status.deadline === 0n;
  }

  get step(): number {
    return this.status.step;
  }

  get outcome(): InputOutcome | undefined {
    return this.status.outcome;
  }

  /** Why the last input trapped, undefined if it did not. */
  get trapCause(): TrapCause | undefined {
    return this.status.trapCause;
  }

  /** The input that is being handled. */
  get input(): Input | undefined {
    return this.status.input;
  }

  /** What the machine goes back to if the current input fails, undefined while it waits. */
  get checkpoint(): Checkpoint | undefined {
    return this.status.checkpoint;
  }

  state(): MachineState {
    const { outputRoot, inputCount, deadline, checkpoint } = this.status;
    const core = hashCore(this.registers.share());
    return { core, checkpoint: checkpoint?.hash ?? ZERO_WORD, outputRoot, inputCount, deadline };
  }

  stateHash(): Hex {
    return hashMachineState(this.state());
  }

  /** @throws {MachineRunsError} if an input is being handled. */
  deliver(input: Input): void {
    if (!this.waiting) throw new MachineRunsError(this.status.inputCount - 1n);
    const checkpoint = new Checkpoint(this.registers.share(), this.status.outputRoot);
    const { inputCount } = this.status;
    const deadline = input.header.budget;
    this.change({
      checkpoint,
      inputCount: inputCount + 1n,
      deadline,
      step: 1,
      input,
      outcome: undefined,
      trapCause: undefined,
    });
    this.enter(this.program.handler);
  }

  run(steps: number, milliseconds = Infinity): number {
    const start = performance.now();
    let done = 0;
    while (done < steps && !this.waiting) {
      if (done > 0 && performance.now() - start > milliseconds) return done;
      const room = Number(this.status.deadline) - this.status.step;
      if (room <= 0) {
        this.revert("out-of-budget");
        return done + 1;
      }
      const count = this.execute(Math.min(steps - done, room, CHUNK));
      done += count;
      this.change({ step: this.status.step + count });
      if (this.result.exit === Exit.trapped) this.revertTrapped(this.result.trap);
      else if (this.result.exit === Exit.returned) this.conclude();
    }
    return done;
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
    const { input, step, deadline } = this.status;
    if (this.waiting || input === undefined || step !== 1) return undefined;
    return { layout: this.program.handler, args: [], maxSteps: Number(deadline) - step, input, keepTrapped: false };
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
      this.change({ outputRoot: run.outputRoot ?? this.status.outputRoot });
      this.conclude();
    }
    return run.steps;
  }

  witness(next?: Input): Uint8Array {
    if (this.waiting)
      return next === undefined ? new Uint8Array() : proveDelivery(this.program, this.registers.share(), next);
    const checkpoint = this.status.checkpoint!;
    if (this.overdue) return proveRestore(checkpoint.preimage);
    return proveInstruction(this.program, this.registers.share(), {
      host: this.host,
      input: this.status.input!,
      checkpoint: checkpoint.preimage,
    });
  }

  describe(next?: Input): StepDescription {
    return describeStep(this, next);
  }

  /** Whether the next step restores the checkpoint because the budget is used up. */
  get overdue(): boolean {
    return !this.waiting && BigInt(this.status.step) >= this.status.deadline;
  }

  snapshot(): Snapshot {
    return new WasmSnapshot(this.registers.share(), this.status);
  }

  restore(snapshot: Snapshot): void {
    if (!(snapshot instanceof WasmSnapshot)) throw new TypeError("not a snapshot of a WASM machine");
    this.registers.restore(snapshot.core);
    this.status = snapshot.status;
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
    if (!this.waiting) throw new MachineRunsError(this.status.inputCount - 1n);
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
    const count = this.execute(Math.min(steps, CHUNK), true);
    return { count, ...this.result };
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
  private execute(steps: number, callsOut = false): number {
    const { registers, program, result } = this;
    const count = runSteps(registers, program.decoded, steps, result);
    if (result.trap === Trap.nullElement) result.trap = this.nullElementTrap();
    if (result.exit !== Exit.host || (callsOut && this.isBeforeCallOut)) return count;
    result.trap = this.executeOutside();
    if (result.trap === Trap.none) registers.pc++;
    result.exit = result.trap === Trap.none ? Exit.steps : Exit.trapped;
    return count + 1;
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

  /** One for all host calls, of which there may be many thousands. */
  private makeHostContext(): HostContext {
    const currentInput = (): Input | undefined => this.status.input;
    return {
      host: this.host,
      get input() {
        return currentInput();
      },
      publish: (outputRoot) => this.change({ outputRoot }),
    };
  }

  /** The handler has returned. */
  private conclude(): void {
    this.registers.clearStack();
    this.wait("returned");
  }

  private revertTrapped(trap: number): void {
    this.revert(trap === Trap.rejected ? "rejected" : "trapped", trap);
  }

  private revert(outcome: InputOutcome, trap: number = Trap.none): void {
    const { core, outputRoot } = this.status.checkpoint!;
    this.registers.restore(core);
    this.change({ outputRoot });
    this.wait(outcome, outcome === "trapped" ? (TRAP_CAUSES[trap] as TrapCause) : undefined);
  }

  private wait(outcome: InputOutcome, trapCause?: TrapCause): void {
    this.change({ deadline: 0n, step: 0, input: undefined, checkpoint: undefined, outcome, trapCause });
  }

  private change(changes: Partial<Status>): void {
    this.status = { ...this.status, ...changes };
  }
}
