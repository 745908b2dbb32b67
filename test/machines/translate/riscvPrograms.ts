import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { assemble, bytesOf, ENCODE, TEXT, type Mnemonic } from "../riscv/assemble.js";
import type { Random } from "../wasm/twins.js";

const SIZE = 160;
const OPERATIONS: readonly Mnemonic[] = [
  ...(["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"] as const),
  ...(["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"] as const),
];
const IMMEDIATES: readonly Mnemonic[] = ["addi", "slti", "sltiu", "xori", "ori", "andi"];
const SHIFTS: readonly Mnemonic[] = ["slli", "srli", "srai"];
const ACCESSES: readonly Mnemonic[] = ["lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw"];
const BRANCHES: readonly Mnemonic[] = ["beq", "bne", "blt", "bge", "bltu", "bgeu"];

/** Hold addresses all along: of numbers around a page's border, of the code, and of the end of memory. */
const [DATA, CODE, END] = [29, 30, 31];
/** Register that only `jalr` reads. */
const TARGET = 28;
const FREE = 28;
const DATA_ADDRESS = 0x21000;
/** Instructions that programs put in place of their own, and their address. */
const SPARE = 0x30000;
const SPARES = 16;

/** A program of branches everywhere, loads and stores of every alignment, around the end of memory and over its own code. */
export function riscvPrograms(random: Random): RegisterProgram {
  const start = [
    ...address(DATA, DATA_ADDRESS),
    ...address(CODE, TEXT),
    ENCODE.addi({ rd: END, imm: -16 & 0xfff }),
    // Of all 32 bits, so that signs matter.
    ...Array.from({ length: 6 }, (_, at) => address(at + 5, random.below(2 ** 32))).flat(),
  ];
  const code = [...start];
  // Rarely changed programs run longest.
  const [traps, writes] = [random.below(3) === 0, random.below(2) === 0];
  while (code.length < SIZE) code.push(...anyInstruction(random, code.length, traps, writes));
  code.push(ENCODE.jal({ imm: (start.length - code.length) * 4 }));
  const spares = Array.from({ length: SPARES }, () => plain(random));
  return assemble(code, { [SPARE]: bytesOf(spares) });
}

function address(rd: number, value: number): number[] {
  return [ENCODE.lui({ rd, imm: value >>> 12 }), ENCODE.addi({ rd, rs1: rd, imm: value & 0xfff })];
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)];
}

function plain(random: Random): number {
  const fields = { rd: random.below(FREE), rs1: random.below(32), rs2: random.below(32) };
  if (random.below(3) === 0) return ENCODE[pick(random, IMMEDIATES)]({ ...fields, imm: random.below(4096) });
  if (random.below(4) === 0) return ENCODE[pick(random, SHIFTS)]({ ...fields, imm: random.below(32) });
  if (random.below(12) === 0) return ENCODE.auipc({ ...fields, imm: random.below(2 ** 20) });
  return ENCODE[pick(random, OPERATIONS)](fields);
}

function anyInstruction(random: Random, at: number, traps: boolean, writes: boolean): number[] {
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
      return [branch(random, at)];
    case 3:
      return [jump(random, at)];
    case 4:
      return jumpToRegister(random, at);
    case 5:
    case 6:
    case 7:
      return [access(random, random.below(24) === 0 ? END : DATA)];
    case 8:
      return writes && random.below(6) === 0 ? rewrite(random) : [plain(random)];
    case 9:
      return traps && random.below(20) === 0 ? [trap(random)] : [plain(random)];
    default:
      return [plain(random)];
  }
}

/** The distance to some instruction, mostly of one of the last or next ones. */
function distance(random: Random, at: number): number {
  const to = random.below(3) === 0 ? random.below(SIZE) : at + 1 + random.below(12) - (random.below(3) === 0 ? 10 : 0);
  return (Math.max(0, Math.min(to, SIZE - 1)) - at) * 4;
}

function branch(random: Random, at: number): number {
  const [rs1, rs2] = [random.below(32), random.below(32)];
  return ENCODE[pick(random, BRANCHES)]({ rs1, rs2, imm: distance(random, at) });
}

function jump(random: Random, at: number): number {
  return ENCODE.jal({ rd: random.below(2), imm: distance(random, at) });
}

function jumpToRegister(random: Random, at: number): number[] {
  const target = Math.max(0, at + distance(random, at) / 4);
  const odd = random.below(8) === 0 ? 1 : 0;
  return [
    ENCODE.addi({ rd: TARGET, rs1: CODE, imm: (target * 4 + odd) & 0xfff }),
    ENCODE.jalr({ rd: random.below(3) === 0 ? TARGET : random.below(2), rs1: TARGET }),
  ];
}

function access(random: Random, rs1: number): number {
  const around = random.below(64) - 32;
  const imm = (random.below(6) === 0 ? around : around & ~3) & 0xfff;
  return ENCODE[pick(random, ACCESSES)]({ rd: random.below(FREE), rs1, rs2: random.below(32), imm });
}

/** Puts a spare instruction, or a part of one, in place of another. */
function rewrite(random: Random): number[] {
  const target = 24 + random.below(SIZE - 24);
  const store = random.below(4) === 0 ? ENCODE.sb : ENCODE.sw;
  return [
    ENCODE.lui({ rd: TARGET, imm: SPARE >>> 12 }),
    ENCODE.lw({ rd: TARGET, rs1: TARGET, imm: 4 * random.below(SPARES) }),
    store({ rs1: CODE, rs2: TARGET, imm: (target * 4) & 0xfff }),
  ];
}

function trap(random: Random): number {
  return pick(random, [0, ENCODE.ebreak(), ENCODE.jal({ imm: 2 }), ENCODE.beq({ imm: 6 }), ENCODE.ecall()]);
}
