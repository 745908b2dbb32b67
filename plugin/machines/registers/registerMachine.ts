import type { Hex } from "../../hex.js";
import { encodeInputHeader, type Input } from "../../input.js";
import { Exit, type StepperResult } from "../exit.js";
import { CHUNK, GuestMachine, type CoreImage } from "../guestMachine.js";
import { executeHostCall } from "../host.js";
import { HOST_CALLS } from "../hostCalls.js";
import type { MachineHost } from "../machine.js";
import { badImage } from "../snapshotImage.js";
import { Trap, TRAP_CAUSES } from "../traps.js";
import { ARGUMENT_COUNT, WAIT_CALL } from "./callNumbers.js";
import { hashRegisterCore, packRegisters, unpackRegisters, type RegisterCore } from "./core.js";
import type { Engine } from "../translate/engine.js";
import type { TranslatedCode } from "../translate/library.js";
import { PacedRunner } from "../translate/pacedRunner.js";
import { FirstWaitError } from "./errors.js";
import { MEMORY_DEPTH, PagedMemory } from "./pagedMemory.js";
import type { RegisterProgram } from "./registerProgram.js";
import { translateRegisters, type RegisterParts } from "./translatedRegisters.js";

/** Steps that a guest may take to its first wait. */
const START_LIMIT = 2 ** 32;

/** How a run of some steps ended. */
export interface Advance extends Readonly<StepperResult> {
  /** Steps that were made, one that trapped included. */
  readonly count: number;
}

/** What machines with 32-bit registers and a flat memory have in common: the off-chain half of `contracts/machines/registers/RegisterMachine.sol`. */
export abstract class RegisterMachine extends GuestMachine<RegisterCore> {
  readonly registers: Int32Array;
  readonly memory: PagedMemory;
  readonly runner = new PacedRunner({
    result: this.result,
    step: (steps) => this.step32(steps),
    // What 4 GiB of addresses cost V8 is a look through all that it holds.
    stepsBefore: 2 ** 23,
    makeEngine: (patience) => this.makeEngine(patience),
  });

  /** A machine before its first instruction; `RegisterProgram.start` makes those that wait. */
  constructor(
    readonly program: RegisterProgram,
    host: MachineHost,
    order: "little-endian" | "big-endian",
  ) {
    super(host);
    this.registers = program.initial.registers.slice();
    this.memory = new PagedMemory((address, length) => this.forget(address, length), order);
    this.memory.restore(program.initial.memory);
  }

  /**
   * Executes up to `steps` instructions outside of any input, from wherever the registers are; what was done before a trap stays. For tests
   * and tools.
   */
  advance(steps: number): Advance {
    const count = this.execute(Math.min(steps, CHUNK));
    return { count, ...this.result };
  }

  /**
   * Runs a machine from its entry.
   * @throws {FirstWaitError} `GENESIS_FAILED` if it does not come to wait.
   */
  runToFirstWait(): { readonly core: RegisterCore; readonly outputRoot: Hex } {
    for (let steps = 0; steps < START_LIMIT;) {
      steps += this.execute(Math.min(START_LIMIT - steps, CHUNK));
      if (this.result.exit === Exit.returned) return { core: this.shareCore(), outputRoot: this.state().outputRoot };
      if (this.result.exit === Exit.trapped) {
        throw new FirstWaitError(this.program.machine, `it traps: ${TRAP_CAUSES[this.result.trap]}`);
      }
    }
    throw new FirstWaitError(this.program.machine, `it runs for more than ${START_LIMIT} steps`);
  }

  /** Makes this the state at genesis. */
  begin(core: RegisterCore, outputRoot: Hex): void {
    this.restoreCore(core);
    this.publish(outputRoot);
  }

  /** The core as it is now. Cheap: pages that did not change are shared. */
  shareCore(): RegisterCore {
    return { registers: this.registers.slice(), memory: this.memory.share() };
  }

  /** Executes up to `steps` instructions, stops with `Exit.host` before a call, and gives how many it did. */
  protected abstract step32(steps: number): number;
  /** What the translator knows of the memory's code. */
  protected abstract readonly translated: TranslatedCode;
  /** A quarter of the address of the next instruction; -1 where that does not say all of what comes next. */
  protected abstract get place(): number;
  /** Goes on elsewhere. */
  protected abstract goTo(place: number): void;
  /** Forgets all code. */
  protected abstract forgetAllCode(): void;
  /** Forgets what it keeps of the code in a range of addresses, all of one page. */
  protected abstract forgetCode(address: number, length: number): void;
  /** The number of the call that the machine stands before; what is no call of this package is any other number. */
  protected abstract callNumber(): number;
  /** The register of the call's first argument; the others follow it. */
  protected abstract readonly firstArgument: number;
  /** Goes on behind the call. */
  protected abstract passCall(): void;

  protected restoreCore({ registers, memory }: RegisterCore): void {
    this.registers.set(registers);
    this.memory.restore(memory);
  }

  protected coreImage(core: RegisterCore): CoreImage {
    return { registers: packRegisters(core), trees: [core.memory] };
  }

  protected coreOf({ registers, trees: [memory, ...others] }: CoreImage): RegisterCore {
    const unpacked = unpackRegisters(registers);
    if (unpacked === undefined) throw badImage(`it has ${registers.length} bytes of registers`);
    if (memory?.depth !== MEMORY_DEPTH || others.length > 0) throw badImage("its memory is of another size");
    return { registers: unpacked, memory };
  }

  protected hashCore(core: RegisterCore): Hex {
    return hashRegisterCore(core);
  }

  /** A guest that waits is where it goes on. */
  protected enterHandler(): void {
    return;
  }

  protected leaveHandler(): void {
    return;
  }

  protected proveDelivery(_core: RegisterCore, input: Input): Uint8Array {
    return encodeInputHeader(input.header);
  }

  protected execute(steps: number): number {
    const count = this.runner.run(steps);
    if (this.result.exit !== Exit.host) return count;
    const call = this.callNumber();
    this.result.trap = this.call(call);
    if (this.result.trap === Trap.none) this.passCall();
    this.result.exit = this.result.trap !== Trap.none ? Exit.trapped : call === WAIT_CALL ? Exit.returned : Exit.steps;
    return count + 1;
  }

  private makeEngine(patience: number): Engine {
    this.forgetAllCode();
    return translateRegisters(this.program.regions, this.parts, patience);
  }

  private get parts(): RegisterParts {
    const { translated: code, result, registers, memory } = this;
    return {
      ...{ code, result, registers, memory },
      step: (steps) => this.step32(steps),
      place: () => this.place,
      goTo: (place) => this.goTo(place),
    };
  }

  private forget(address: number, length: number): void {
    this.forgetCode(address, length);
    this.runner.forget(address >>> 2, ((address >>> 0) + length - 1) >>> 2);
  }

  private call(call: number): number {
    if (call === WAIT_CALL) return Trap.none;
    if (call >= HOST_CALLS.length) return Trap.unknownCall;
    return executeHostCall(call, this.callArguments(), this.memory, this.hostContext);
  }

  /** Unsigned; as many as any call takes. */
  protected callArguments(): number[] {
    const args = new Array<number>(ARGUMENT_COUNT);
    for (let index = 0; index < ARGUMENT_COUNT; index++) args[index] = this.registers[this.firstArgument + index] >>> 0;
    return args;
  }
}
