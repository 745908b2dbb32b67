export { opcodeName } from "./instructionNames.js";
import { opcodeName } from "./instructionNames.js";

/** How many operands an instruction of the core set pops and pushes, where that does not depend on the module. */
export interface StackEffect {
  readonly pops: number;
  readonly pushes: number;
}

/** The prefix of saturating conversions (below `memoryInit`), and what else of WebAssembly 2.0 stands behind it. */
export const PREFIX = {
  misc: 0xfc,
  memoryInit: 0x08,
  dataDrop: 0x09,
  memoryCopy: 0x0a,
  memoryFill: 0x0b,
  tableInit: 0x0c,
  elemDrop: 0x0d,
  tableCopy: 0x0e,
  tableGrow: 0x0f,
  tableSize: 0x10,
  tableFill: 0x11,
} as const;

/** Whether the opcode is a numeric instruction that takes or gives floats. */
export function isFloatNumeric(opcode: number): boolean {
  const computes = (opcode >= 0x5b && opcode <= 0x66) || (opcode >= 0x8b && opcode <= 0xa6);
  const converts = opcode >= 0xa8 && opcode <= 0xbf && opcode !== 0xac && opcode !== 0xad;
  return computes || converts;
}

/** Whether the opcode is a load or store of floats. */
export function isFloatAccess(opcode: number): boolean {
  return opcode === 0x2a || opcode === 0x2b || opcode === 0x38 || opcode === 0x39;
}

/** Whether the opcode is a load or store of the core set. */
export function isMemoryAccess(opcode: number): boolean {
  return opcode >= 0x28 && opcode <= 0x3e && !isFloatAccess(opcode);
}

export function isStore(opcode: number): boolean {
  return opcode >= 0x36;
}

/** Bytes that a load or store of the core set touches. */
export function accessSize(opcode: number): number {
  const name = opcodeName(opcode);
  const narrow = /(?:load|store)(8|16|32)/.exec(name);
  return narrow === null ? (name.startsWith("i32") ? 4 : 8) : Number(narrow[1]) / 8;
}

/** The effect of a numeric instruction of the core set, undefined for every other opcode. */
export function numericEffect(opcode: number): StackEffect | undefined {
  if (isUnary(opcode)) return { pops: 1, pushes: 1 };
  const binary = (opcode >= 0x46 && opcode <= 0x5a) || (opcode >= 0x6a && opcode <= 0x8a);
  return binary ? { pops: 2, pushes: 1 } : undefined;
}

/** Whether a numeric instruction of the core set takes one operand. */
export function isUnary(opcode: number): boolean {
  const counts = (opcode >= 0x67 && opcode <= 0x69) || (opcode >= 0x79 && opcode <= 0x7b);
  const conversions = opcode === 0xa7 || opcode === 0xac || opcode === 0xad || (opcode >= 0xc0 && opcode <= 0xc4);
  return opcode === 0x45 || opcode === 0x50 || counts || conversions;
}
