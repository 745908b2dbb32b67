/** Why an instruction trapped. The stepper gives the index in this list; 0 means that it did not. */
export const TRAP_CAUSES = [
  "none",
  "unreachable",
  "integer divide by zero",
  "integer overflow",
  "out of bounds memory access",
  "out of bounds table access",
  "uninitialized element",
  "indirect call type mismatch",
  "stack exhausted",
  "unaligned pointer",
  "operand too long",
  "preimage not published",
  "no input",
  "rejected",
  "invalid conversion to integer",
  "undefined element",
  "illegal instruction",
  "misaligned jump",
  "breakpoint",
  "unknown call",
] as const;

export type TrapCause = Exclude<(typeof TRAP_CAUSES)[number], "none">;

export const Trap = {
  none: 0,
  unreachable: 1,
  divideByZero: 2,
  overflow: 3,
  memory: 4,
  table: 5,
  nullElement: 6,
  signature: 7,
  stack: 8,
  alignment: 9,
  tooLong: 10,
  unpublished: 11,
  noInput: 12,
  rejected: 13,
  conversion: 14,
  /** An indirect call past the table; other instructions past it are `table`. */
  undefinedElement: 15,
  illegal: 16,
  misalignedJump: 17,
  breakpoint: 18,
  unknownCall: 19,
} as const;
