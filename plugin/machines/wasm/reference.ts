import { UnsupportedModuleError } from "./errors.js";
import type { FunctionLayout } from "./layout.js";

/** What `call_indirect` reads of a slot. */
export interface Reference {
  /** `type + 1`, 0 for null. */
  readonly type: number;
  readonly target: number;
  readonly link: number;
  readonly frame: number;
}

/** The greatest number of a type, since 0 is null. */
export const MAXIMUM_TYPE = 0xfffe;

/**
 * A function as a slot: `type + 1 u16 | target u24 | link u8 | frame u16`, the first in the most significant bits.
 * @throws {UnsupportedModuleError} if a field does not fit.
 */
export function encodeReference(type: number, { entry, link, frame }: FunctionLayout): bigint {
  check(type, MAXIMUM_TYPE, "types", "use fewer types");
  check(entry, 0xffffff, "instructions before a function that is referred to", "make the module smaller");
  check(link, 0xff, "parameters or results of a function that is referred to", "pass a pointer to a struct");
  check(frame, 0xffff, "stack slots of a function that is referred to", "use fewer locals and operands in it");
  return (BigInt(type + 1) << 48n) | (BigInt(entry) << 24n) | (BigInt(link) << 16n) | BigInt(frame);
}

/** The fields of a slot. */
export function decodeReference(slot: bigint): Reference {
  const field = (shift: bigint, bits: number): number => Number(BigInt.asUintN(bits, slot >> shift));
  return { type: field(48n, 16), target: field(24n, 24), link: field(16n, 8), frame: field(0n, 16) };
}

function check(value: number, maximum: number, what: string, remedy: string): void {
  if (value > maximum) throw new UnsupportedModuleError(`${value} ${what}, more than ${maximum}`, remedy);
}
