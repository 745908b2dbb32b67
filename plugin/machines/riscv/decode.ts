/** Instructions by their number here; 0 is none, and what the machine does not have is `illegal`. */
export const NAMES = [
  ...["none", "illegal", "lui", "auipc", "jal", "jalr", "beq", "bne", "blt", "bge", "bltu", "bgeu"],
  ...["lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw"],
  ...["addi", "slli", "slti", "sltiu", "xori", "srli", "srai", "ori", "andi"],
  ...["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"],
  ...["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"],
  ...["fence", "ecall", "ebreak"],
] as const;

export type Name = (typeof NAMES)[number];

/** An instruction, taken apart. Fields that it does not have are 0. */
export interface Instruction {
  readonly name: Name;
  readonly destination: number;
  readonly first: number;
  readonly second: number;
  /** Signed. */
  readonly immediate: number;
}

const BRANCHES: readonly (Name | undefined)[] = ["beq", "bne", undefined, undefined, "blt", "bge", "bltu", "bgeu"];
const LOADS: readonly (Name | undefined)[] = ["lb", "lh", "lw", undefined, "lbu", "lhu"];
const STORES: readonly (Name | undefined)[] = ["sb", "sh", "sw"];
const IMMEDIATES: readonly Name[] = ["addi", "slli", "slti", "sltiu", "xori", "srli", "ori", "andi"];
const BASES: readonly Name[] = ["add", "sll", "slt", "sltu", "xor", "srl", "or", "and"];
const MULTIPLICATIONS: readonly Name[] = ["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"];

/** What the 32 bits mean: the twin of `Stepper.execute` up to where it executes. */
export function decode(bits: number): Instruction {
  const [funct3, funct7] = [(bits >>> 12) & 7, bits >>> 25];
  switch (bits & 0x7f) {
    case 0x37:
      return upper("lui", bits);
    case 0x17:
      return upper("auipc", bits);
    case 0x6f:
      return { ...fields("jal", bits), first: 0, second: 0, immediate: jumpOffset(bits) };
    case 0x67:
      return funct3 === 0 ? immediate("jalr", bits) : ILLEGAL;
    case 0x63:
      return { ...fields(BRANCHES[funct3], bits), destination: 0, immediate: branchOffset(bits) };
    case 0x03:
      return immediate(LOADS[funct3], bits);
    case 0x23:
      return { ...fields(STORES[funct3], bits), destination: 0, immediate: storeOffset(bits) };
    case 0x13:
      return arithmeticImmediate(bits, funct3, funct7);
    case 0x33:
      return fields(arithmetic(funct3, funct7), bits);
    case 0x0f:
      return funct3 < 2 ? { ...ILLEGAL, name: "fence" } : ILLEGAL;
    case 0x73:
      return bits >>> 0 === 0x73
        ? { ...ILLEGAL, name: "ecall" }
        : bits >>> 0 === 0x100073
          ? { ...ILLEGAL, name: "ebreak" }
          : ILLEGAL;
    default:
      return ILLEGAL;
  }
}

const ILLEGAL: Instruction = { name: "illegal", destination: 0, first: 0, second: 0, immediate: 0 };

function fields(name: Name | undefined, bits: number): Instruction {
  return {
    name: name ?? "illegal",
    destination: (bits >>> 7) & 31,
    first: (bits >>> 15) & 31,
    second: (bits >>> 20) & 31,
    immediate: 0,
  };
}

function immediate(name: Name | undefined, bits: number): Instruction {
  return { ...fields(name, bits), second: 0, immediate: bits >> 20 };
}

function upper(name: Name, bits: number): Instruction {
  return { ...fields(name, bits), first: 0, second: 0, immediate: (bits & 0xfffff000) | 0 };
}

function arithmeticImmediate(bits: number, funct3: number, funct7: number): Instruction {
  if ((funct3 & 3) !== 1) return immediate(IMMEDIATES[funct3], bits);
  const shift = { ...immediate(IMMEDIATES[funct3], bits), immediate: (bits >>> 20) & 31 };
  if (funct7 === 0) return shift;
  return funct3 === 5 && funct7 === 0x20 ? { ...shift, name: "srai" } : ILLEGAL;
}

function arithmetic(funct3: number, funct7: number): Name {
  if (funct7 === 0) return BASES[funct3];
  if (funct7 === 1) return MULTIPLICATIONS[funct3];
  if (funct7 !== 0x20) return "illegal";
  return funct3 === 0 ? "sub" : funct3 === 5 ? "sra" : "illegal";
}

function storeOffset(bits: number): number {
  return ((bits >> 25) << 5) | ((bits >>> 7) & 31);
}

function branchOffset(bits: number): number {
  return ((bits >> 31) << 12) | (((bits >>> 7) & 1) << 11) | (((bits >>> 25) & 0x3f) << 5) | ((bits >>> 7) & 0x1e);
}

function jumpOffset(bits: number): number {
  return ((bits >> 31) << 20) | (bits & 0xff000) | (((bits >>> 20) & 1) << 11) | ((bits >>> 20) & 0x7fe);
}

/** Bytes that a load or a store touches; 0 for what is neither. */
export function accessSize(name: Name): number {
  switch (name) {
    case "lb":
    case "lbu":
    case "sb":
      return 1;
    case "lh":
    case "lhu":
    case "sh":
      return 2;
    case "lw":
    case "sw":
      return 4;
    default:
      return 0;
  }
}

export function isStore(name: Name): boolean {
  return name === "sb" || name === "sh" || name === "sw";
}
