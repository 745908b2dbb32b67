import { TRAMPOLINE } from "../../machines/wasm/hostCalls.js";
import { STACK_SLOTS } from "../../machines/wasm/instruction.js";
import type { FunctionLayout } from "../../machines/wasm/layout.js";
import type { FunctionType } from "../../machines/wasm/module.js";
import type { Registers } from "../../machines/wasm/registers.js";
import { Exit } from "../../machines/exit.js";
import { TRAP_CAUSES } from "../../machines/traps.js";
import { StoppedError } from "./errors.js";
import type { Execution } from "./execution.js";
import type { FlatMachine } from "./flatMachine.js";
import { advance } from "./sampledSteps.js";
import type { Copy, Exported, FunctionInstance, Value } from "./store.js";

/** Something that an instance uses, and its own copy of it. */
export interface Use {
  readonly shared: { hold(copy: Copy): void };
  readonly copy: Copy;
}

/** A module that was instantiated: a flat machine of its own, whose frames are laid out here. */
export class ModuleInstance {
  /** Set when the module is instantiated. */
  exports: Exported = new Map();
  uses: readonly Use[] = [];

  constructor(
    readonly machine: FlatMachine,
    private readonly execution: Execution,
  ) {}

  /**
   * Calls a function, above the frames of calls that are under way.
   * @throws {StoppedError} if it does not return.
   */
  call(layout: FunctionLayout, type: FunctionType, args: readonly Value[]): Value[] {
    return this.execution.nest(() => {
      const slots = this.takeOver(args);
      const { registers } = this.machine;
      const { pc, fp, used } = registers;
      if (used + layout.frame > STACK_SLOTS) throw new StoppedError("call stack exhausted");
      enter(registers, layout, slots);
      try {
        this.run();
        const { stack } = this.machine.registers;
        return type.results.map((result, index) => this.machine.decode(result, stack.get(used + index)));
      } finally {
        leave(this.machine.registers, { pc, fp, used });
      }
    });
  }

  /** Brings what is shared with other instances to this one, and gives the slots of values that come with it. */
  private takeOver(values: readonly Value[]): bigint[] {
    for (const { shared, copy } of this.uses) shared.hold(copy);
    return values.map((value) => this.machine.encode(value));
  }

  /** Runs until the function that was entered last returns. */
  private run(): void {
    const { machine, execution } = this;
    for (;;) {
      const { count, exit, trap } = advance(machine.machine, execution);
      if (exit === Exit.trapped) throw new StoppedError(causeOf(trap));
      if (exit === Exit.returned) return;
      execution.spend(count);
      if (exit === Exit.host) this.callOut();
    }
  }

  /** The call of another instance's function, or the host's, at the program counter. */
  private callOut(): void {
    const { pc, fp, stack } = this.machine.registers;
    const { h, a } = this.machine.machine.program.code[pc];
    const callee = this.calledBy(a);
    const args = callee.type.parameters.map((type, index) => this.machine.decode(type, stack.get(fp + h + index)));
    const slots = this.takeOver(callee.call(args));
    const { registers } = this.machine;
    slots.forEach((slot, index) => registers.stack.set(fp + h + index, slot));
    registers.pc++;
  }

  private calledBy(call: number): FunctionInstance {
    if (call < TRAMPOLINE) throw new StoppedError(`host call ${call}`);
    return this.machine.calledBy(call);
  }
}

/** A new frame above all others, whose link says that nothing called it. */
function enter(registers: Registers, { entry, link, frame }: FunctionLayout, args: readonly bigint[]): void {
  const base = registers.used;
  args.forEach((slot, index) => registers.stack.set(base + index, slot));
  registers.stack.set(base + link, 0n);
  registers.pc = entry;
  registers.fp = base;
  registers.used = base + frame;
}

/** Back to the frame before, with nothing above it. */
function leave(registers: Registers, { pc, fp, used }: Pick<Registers, "pc" | "fp" | "used">): void {
  for (let slot = used; slot < registers.used; slot++) registers.stack.set(slot, 0n);
  Object.assign(registers, { pc, fp, used });
}

/** In the specification's words. */
function causeOf(trap: number): string {
  const cause = TRAP_CAUSES[trap];
  return cause === "stack exhausted" ? "call stack exhausted" : cause;
}
