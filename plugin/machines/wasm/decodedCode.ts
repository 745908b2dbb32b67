import { Op, type Instruction } from "./instruction.js";

/** A program's instructions as columns, for the stepper: slots are in halves, since the stack is held in 32-bit halves. */
export class DecodedCode {
  readonly op: Uint8Array;
  /** Twice `h`. */
  readonly h: Int32Array;
  /** `a`; twice that where it is a slot. */
  readonly a: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;

  constructor(code: readonly Instruction[]) {
    this.op = Uint8Array.from(code, ({ op }) => op);
    this.h = Int32Array.from(code, ({ h }) => 2 * h);
    this.a = Int32Array.from(code, ({ op, a }) => (op === Op.copy || op === Op.return ? 2 * a : a));
    this.low = Int32Array.from(code, ({ low }) => low);
    this.high = Int32Array.from(code, ({ high }) => high);
  }
}
