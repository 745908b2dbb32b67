import { RETURN } from "./place.js";
import { reservedFields } from "./reserved.js";

/** Instructions by their number here; 0 is none, and what the machine does not have is `illegal`. */
export const NAMES = [
  ...["none", "illegal", "sll", "srl", "sra", "sllv", "srlv", "srav", "rotr", "rotrv"],
  ...["jr", "jalr", "movz", "movn", "syscall", "break", "sync", "mfhi", "mthi", "mflo", "mtlo"],
  ...["mult", "multu", "div", "divu", "add", "addu", "sub", "subu", "and", "or", "xor", "nor", "slt", "sltu"],
  ...["tge", "tgeu", "tlt", "tltu", "teq", "tne", "madd", "maddu", "mul", "msub", "msubu", "clz", "clo"],
  ...["ext", "ins", "wsbh", "seb", "seh", "bltz", "bgez", "bltzal", "bgezal", "j", "jal", "beq", "bne", "blez", "bgtz"],
  ...["addi", "addiu", "slti", "sltiu", "andi", "ori", "xori", "lui"],
  ...["lb", "lh", "lwl", "lw", "lbu", "lhu", "lwr", "sb", "sh", "swl", "sw", "swr", "ll", "pref", "sc"],
] as const;

export type Name = (typeof NAMES)[number];

/** An instruction, taken apart. Fields that it does not have are 0. */
export interface Instruction {
  readonly name: Name;
  /** The register of the result; 0 if there is none. */
  readonly destination: number;
  readonly first: number;
  readonly second: number;
  /** As it is added, shifted by or compared to; of branches in bytes; of `ext` and `ins` the low bit and, from bit 5 on, `rd`. */
  readonly immediate: number;
}

type Names = readonly (Name | undefined)[];

const SPECIAL: Names = [
  ...(["sll", undefined, "srl", "sra", "sllv", undefined, "srlv", "srav"] as const),
  ...(["jr", "jalr", "movz", "movn", "syscall", "break", undefined, "sync"] as const),
  ...(["mfhi", "mthi", "mflo", "mtlo", undefined, undefined, undefined, undefined] as const),
  ...(["mult", "multu", "div", "divu", undefined, undefined, undefined, undefined] as const),
  ...(["add", "addu", "sub", "subu", "and", "or", "xor", "nor"] as const),
  ...([undefined, undefined, "slt", "sltu", undefined, undefined, undefined, undefined] as const),
  ...(["tge", "tgeu", "tlt", "tltu", "teq", undefined, "tne"] as const),
];
const SPECIAL2: Names = ["madd", "maddu", "mul", undefined, "msub", "msubu"];
/** More of `SPECIAL2`, from 0x20 on. */
const LEADING: Names = ["clz", "clo"];
const IMMEDIATES: Names = ["addi", "addiu", "slti", "sltiu", "andi", "ori", "xori", "lui"];
const ACCESSES: Names = [
  ...(["lb", "lh", "lwl", "lw", "lbu", "lhu", "lwr", undefined] as const),
  ...(["sb", "sh", "swl", "sw", undefined, undefined, "swr", undefined] as const),
  ...(["ll", undefined, undefined, "pref", undefined, undefined, undefined, undefined, "sc"] as const),
];
const ROTATIONS: Readonly<Partial<Record<Name, Name>>> = { srl: "rotr", srlv: "rotrv" };

const ILLEGAL: Instruction = { name: "illegal", destination: 0, first: 0, second: 0, immediate: 0 };

/** What the 32 bits mean: the twin of `Stepper.execute` up to where it executes. */
export function decode(bits: number): Instruction {
  const op = bits >>> 26;
  const [rs, rt] = [(bits >>> 21) & 31, (bits >>> 16) & 31];
  if (op >= 0x20) return access(ACCESSES[op - 0x20], bits);
  if (op === 0) return special(bits);
  if (op >= 8 && op < 0x10) return immediate(IMMEDIATES[op - 8]!, bits);
  switch (op) {
    case 1:
      return bySign(bits);
    case 2:
      return { ...ILLEGAL, name: "j", immediate: (bits & 0x3ffffff) << 2 };
    case 3:
      return { ...ILLEGAL, name: "jal", destination: RETURN, immediate: (bits & 0x3ffffff) << 2 };
    case 4:
    case 5:
      return { name: op === 4 ? "beq" : "bne", destination: 0, first: rs, second: rt, immediate: branchOffset(bits) };
    case 6:
    case 7:
      if (rt !== 0) return ILLEGAL;
      return { name: op === 6 ? "blez" : "bgtz", destination: 0, first: rs, second: 0, immediate: branchOffset(bits) };
    case 0x1c:
      return special2(bits);
    case 0x1f:
      return special3(bits);
    default:
      return ILLEGAL;
  }
}

function branchOffset(bits: number): number {
  return (((bits << 16) >> 16) << 2) + 4;
}

function registers(name: Name | undefined, bits: number): Instruction {
  return {
    name: name ?? "illegal",
    destination: (bits >>> 11) & 31,
    first: (bits >>> 21) & 31,
    second: (bits >>> 16) & 31,
    immediate: (bits >>> 6) & 31,
  };
}

/** Functions without a result: those that the table has from `mult` to `divu`, traps, and some by name. */
const NO_RESULT: ReadonlySet<Name> = new Set([
  ...(["jr", "syscall", "break", "sync", "mthi", "mtlo", "mult", "multu", "div", "divu"] as const),
  ...(["tge", "tgeu", "tlt", "tltu", "teq", "tne", "madd", "maddu", "msub", "msubu"] as const),
]);

function special(bits: number): Instruction {
  const funct = bits & 63;
  const found = registers(SPECIAL[funct], bits);
  if (found.name === "illegal") return ILLEGAL;
  if (funct < 8) return shift(found, funct);
  if ((bits & reservedFields(found.name)) !== 0) return ILLEGAL;
  return NO_RESULT.has(found.name) ? { ...found, destination: 0 } : found;
}

/** Where a shift to the right has a 1, it rotates. */
function shift(found: Instruction, funct: number): Instruction {
  const modifier = funct < 4 ? found.first : found.immediate;
  if (modifier === 0) return found;
  const rotation = ROTATIONS[found.name];
  return modifier === 1 && rotation !== undefined ? { ...found, name: rotation } : ILLEGAL;
}

function special2(bits: number): Instruction {
  const funct = bits & 63;
  const found = registers(funct < 0x20 ? SPECIAL2[funct] : LEADING[funct - 0x20], bits);
  if (found.name === "illegal" || (bits & reservedFields(found.name)) !== 0) return ILLEGAL;
  return NO_RESULT.has(found.name) ? { ...found, destination: 0 } : found;
}

function special3(bits: number): Instruction {
  const { destination: rd, first, second: rt, immediate: sa } = registers("illegal", bits);
  const found = { destination: rt, first, second: rt, immediate: sa | (rd << 5) };
  switch (bits & 63) {
    case 0:
      return sa + rd > 31 ? ILLEGAL : { ...found, name: "ext" };
    case 4:
      return rd < sa ? ILLEGAL : { ...found, name: "ins" };
    case 0x20: {
      const name: Name | undefined = ({ 2: "wsbh", 16: "seb", 24: "seh" } as const)[sa as 2];
      return first !== 0 || name === undefined
        ? ILLEGAL
        : { name, destination: rd, first: 0, second: rt, immediate: 0 };
    }
    default:
      return ILLEGAL;
  }
}

function bySign(bits: number): Instruction {
  const kind = (bits >>> 16) & 31;
  const name = ({ 0: "bltz", 1: "bgez", 16: "bltzal", 17: "bgezal" } as const)[kind as 0];
  if (name === undefined) return ILLEGAL;
  const destination = kind < 16 ? 0 : RETURN;
  return { name, destination, first: (bits >>> 21) & 31, second: 0, immediate: branchOffset(bits) };
}

function immediate(name: Name, bits: number): Instruction {
  const first = (bits >>> 21) & 31;
  const fields = { name, destination: (bits >>> 16) & 31, first, second: 0 };
  switch (name) {
    case "lui":
      return first !== 0 ? ILLEGAL : { ...fields, immediate: bits << 16 };
    case "andi":
    case "ori":
    case "xori":
      return { ...fields, immediate: bits & 0xffff };
    default:
      return { ...fields, immediate: (bits << 16) >> 16 };
  }
}

function access(name: Name | undefined, bits: number): Instruction {
  if (name === undefined) return ILLEGAL;
  const rt = (bits >>> 16) & 31;
  const destination = isStore(name) || name === "pref" ? 0 : rt;
  return { name, destination, first: (bits >>> 21) & 31, second: rt, immediate: (bits << 16) >> 16 };
}

export function isStore(name: Name): boolean {
  return name === "sb" || name === "sh" || name === "sw" || name === "swl" || name === "swr";
}

/** What the address of a load or a store must be a multiple of; 0 for what is neither. */
export function alignment(name: Name): number {
  switch (name) {
    case "lb":
    case "lbu":
    case "sb":
    case "lwl":
    case "lwr":
    case "swl":
    case "swr":
      return 1;
    case "lh":
    case "lhu":
    case "sh":
      return 2;
    case "lw":
    case "sw":
    case "ll":
    case "sc":
      return 4;
    default:
      return 0;
  }
}
