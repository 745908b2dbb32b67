import type { Reader } from "../../plugin/machines/wasm/reader.js";

/** Types in the binary format. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

/** Thrown for a module that holds what has no counterpart. */
export class NotPreparable extends Error {}

/** What stands for an instruction, and the type of the value that is to be folded. */
export interface Prepared {
  readonly code: readonly number[];
  readonly result: number | undefined;
}

/** What a generated module becomes. */
export interface Dialect {
  /** Whether functions are added to it that move and change what is in its table. */
  readonly changesTables: boolean;
  /** Types of numbers that it has, each of which gets a local in every function. */
  readonly types: readonly number[];
  /** The type that stands for one of the original's. */
  typeOf(type: number): number;
  /** What stands for the next instruction. */
  instruction(reader: Reader): Prepared;
  /**
   * Some constants become what was folded so far (an i64 global), so that later instructions work on values that no generator
   * thinks of. Gives undefined, and reads nothing, where the next instruction is none of those.
   */
  fedBack(reader: Reader, folded: number): Prepared | undefined;
}
