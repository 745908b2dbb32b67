import { Op, type Instruction } from "./instruction.js";
import type { FunctionLayout } from "./layout.js";
import { encodeReference } from "./reference.js";

/** Collects a program's instructions; targets may be set later. */
export class Assembler {
  private readonly code: { -readonly [K in keyof Instruction]: Instruction[K] }[] = [];
  private readonly calls: { readonly at: number; readonly callee: FunctionLayout }[] = [];
  private readonly references: { readonly at: number; readonly type: number; readonly layout: FunctionLayout }[] = [];

  /** Of the code so far: the number of the next instruction. */
  get length(): number {
    return this.code.length;
  }

  /** Appends an instruction and gives its number. */
  emit(op: number, h: number, a = 0, low = 0, high = 0): number {
    return this.code.push({ op, h, a, low, high }) - 1;
  }

  /** Appends a call whose callee may not be laid out yet; its arguments start at slot `h`. */
  call(h: number, callee: FunctionLayout): void {
    this.calls.push({ at: this.emit(Op.call, h), callee });
  }

  /** Appends a constant, the reference of a function that may not be laid out yet. `type` is the number of its type. */
  reference(h: number, type: number, layout: FunctionLayout): void {
    this.references.push({ at: this.emit(Op.constant, h), type, layout });
  }

  /** Whether a constant refers to the function. */
  refersTo(layout: FunctionLayout): boolean {
    return this.references.some((reference) => reference.layout === layout);
  }

  /** Makes the jump at `at` go to the instruction `target`. */
  setTarget(at: number, target: number): void {
    this.code[at].a = target;
  }

  /**
   * All instructions, when every function is laid out.
   * @throws {UnsupportedModuleError} if a function that is referred to does not fit a slot.
   */
  finish(): readonly Instruction[] {
    for (const { at, callee } of this.calls) {
      Object.assign(this.code[at], { a: callee.entry, high: callee.link, low: callee.frame });
    }
    for (const { at, type, layout } of this.references) {
      const slot = encodeReference(type, layout);
      Object.assign(this.code[at], { high: Number(slot >> 32n), low: Number(slot & 0xffffffffn) });
    }
    return this.code;
  }
}
