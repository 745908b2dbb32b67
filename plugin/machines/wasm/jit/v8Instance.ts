import { RollupError } from "../../../errors.js";
import type { Instruction } from "../instruction.js";
import type { FunctionLayout } from "../layout.js";
import type { WasmProgram } from "../program.js";
import { nullElementTrap } from "../regions.js";
import type { Registers } from "../registers.js";
import { V8Memory } from "./v8Memory.js";
import { V8Slots } from "./v8Slots.js";
import { causeOf, positionOf } from "./v8Traps.js";

/** A function as JavaScript calls it. */
export type Code = (...values: readonly (number | bigint)[]) => unknown;

/** Why the code stopped, and how many steps were counted that it had not come to. */
export interface V8Stop {
  readonly trap: number;
  readonly ahead: number;
}

/** An instance of a program's instrumented module, with all that its code changes. */
export class V8Instance {
  readonly memory: V8Memory;
  /** Undefined where code indexes no regions. */
  private readonly slots: V8Slots | undefined;
  private readonly exports: Record<string, unknown>;

  /**
   * @param pages Of its memory, in 64 KiB.
   * @throws {RangeError} if there is no room for it.
   * @throws {WebAssembly.CompileError} if V8 does not take the module.
   */
  constructor(
    private readonly program: WasmProgram,
    pages: number,
    imports: Record<string, unknown>,
  ) {
    const { module, regions } = program.instrumented;
    this.memory = new V8Memory(program.memoryDepth, pages, program.lowered.maximumPages);
    this.slots = regions.inMemory ? new V8Slots(program.tables.depth, regions) : undefined;
    const { memory, marks } = this.memory;
    const host = { ...imports, memory, marks, ...(this.slots && { slots: this.slots.memory }) };
    this.exports = new WebAssembly.Instance(module, { host }).exports;
  }

  /** Takes over what the registers hold. */
  load(registers: Registers): void {
    this.memory.load(registers.memory);
    this.slots?.load(registers.tables, registers.shareTables());
    this.eachGlobal((global, type, index) => {
      const value = registers.tables.get(index);
      global.value = type === "i32" ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value);
    });
    this.special(1).value = 0;
  }

  /** Gives the registers what the code has changed. */
  save(registers: Registers): void {
    this.memory.save(registers.memory);
    this.eachGlobal((global, _, index) => {
      const { value } = global;
      registers.tables.set(index, typeof value === "bigint" ? BigInt.asUintN(64, value) : BigInt(value >>> 0));
    });
    this.slots?.save(registers.tables, () => registers.shareTables());
  }

  /** Goes back to what the registers hold, but for globals. Only where memory has not grown. */
  undo(registers: Registers): void {
    this.memory.undo(registers.memory);
    this.slots?.undo(registers.tables);
  }

  /** The function's code; its parameters are followed by a place on the machine's stack. */
  code({ entry }: FunctionLayout): Code {
    const name = this.program.instrumented.exports.get(entry);
    if (name === undefined) throw new RollupError("WASM_NO_CODE", "The function has no code.", { entry });
    return this.exports[name] as Code;
  }

  /** The steps that the code may take before it asks for more. */
  get fuel(): WebAssembly.Global {
    return this.special(0);
  }

  /** Where the code trapped and why, undefined if V8 does not tell. */
  explain(error: WebAssembly.RuntimeError, registers: Registers): V8Stop | undefined {
    const cause = Number(this.special(1).value);
    if (cause !== 0) return { trap: cause, ahead: 0 };
    const position = positionOf(error);
    const point = position === undefined ? undefined : this.program.instrumented.points.get(position);
    if (point === undefined) return undefined;
    const instruction = this.program.code[point.at];
    const trap = causeOf(error, instruction, () => this.nullTrap(registers, instruction));
    return trap === undefined ? undefined : { trap, ahead: point.ahead };
  }

  /** Why the last indirect call trapped if it found null, undefined if it did not. */
  private nullTrap(registers: Registers, instruction: Instruction): number | undefined {
    const index = Number(this.special(2).value) >>> 0;
    const slots = this.slots ?? registers.tables;
    if (slots.get(instruction.high + index) !== 0n) return undefined;
    const valueOf = (global: number): number => Number(this.global(global).value) >>> 0;
    return nullElementTrap(this.program.lowered.regions, instruction, index, valueOf);
  }

  private eachGlobal(visit: (global: WebAssembly.Global, type: string, index: number) => void): void {
    this.program.lowered.module.globals.forEach(({ mutable, type }, index) => {
      if (mutable) visit(this.global(index), type, index);
    });
  }

  /** Of the globals that instrumentation adds. */
  private special(index: number): WebAssembly.Global {
    return this.global(this.program.lowered.module.globals.length + index);
  }

  private global(index: number): WebAssembly.Global {
    return this.exports[`g${index}`] as WebAssembly.Global;
  }
}
