import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { mipsProgram } from "../../../plugin/machines/mips/index.js";
import { bytesOf, ENCODE, TEXT, type Mnemonic } from "../mips/assemble.js";
import type { Random } from "../wasm/twins.js";

const SIZE = 160;
const OPERATIONS: readonly Mnemonic[] = [
  ...(["addu", "subu", "and", "or", "xor", "nor", "slt", "sltu", "sllv", "srlv", "srav", "rotrv"] as const),
  ...(["movz", "movn", "mul", "mult", "multu", "div", "divu", "madd", "maddu", "msub", "msubu"] as const),
  ...(["mfhi", "mflo", "mthi", "mtlo", "clz", "clo", "wsbh", "seb", "seh", "sync"] as const),
];
/** Some of their operands trap. */
const TRAPPING: readonly Mnemonic[] = ["add", "sub", "addi", "tge", "tgeu", "tlt", "tltu", "teq", "tne", "break"];
const IMMEDIATES: readonly Mnemonic[] = ["addiu", "slti", "sltiu", "andi", "ori", "xori", "lui"];
const SHIFTS: readonly Mnemonic[] = ["sll", "srl", "sra", "rotr"];
const ACCESSES: readonly Mnemonic[] = ["lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw", "ll", "sc", "pref"];
const PARTS: readonly Mnemonic[] = ["lwl", "lwr", "swl", "swr"];
const COMPARING: readonly Mnemonic[] = ["beq", "bne"];
const BY_SIGN: readonly Mnemonic[] = ["blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal"];

/** Hold addresses all along: of numbers around a page's border, of the code, and of the end of memory. */
const [DATA, CODE, END] = [28, 29, 30];
/** Register that only jumps read; links are in the one behind the addresses. */
const TARGET = 27;
const FREE = 27;
const DATA_ADDRESS = 0x21000;
/** Instructions that programs put in place of their own, and their address. */
const SPARE = 0x30000;
const SPARES = 16;

/** A program of branches everywhere with all kinds of delay slots, accesses around the end of memory and over its own code. */
export function mipsPrograms(random: Random): RegisterProgram {
  const start = [
    ...address(DATA, DATA_ADDRESS),
    ...address(CODE, TEXT),
    ENCODE.addiu({ rt: END, imm: -16 }),
    ...Array.from({ length: 6 }, (_, at) => ENCODE.addiu({ rt: at + 5, imm: random.below(65536) })),
  ];
  const code = [...start];
  const [traps, writes] = [random.below(3) === 0, random.below(2) === 0];
  while (code.length < SIZE) code.push(...anyInstruction(random, code.length, traps, writes));
  code.push(ENCODE.beq({ imm: start.length - code.length - 1 }), 0);
  const data = bytesOf(code);
  const spares = bytesOf(Array.from({ length: SPARES }, () => plain(random)));
  const segments = [
    { address: TEXT, data, size: data.length },
    { address: SPARE, data: spares, size: spares.length },
  ];
  return mipsProgram({ entry: TEXT, segments });
}

function address(rt: number, value: number): number[] {
  return [ENCODE.lui({ rt, imm: value >>> 16 }), ENCODE.ori({ rt, rs: rt, imm: value & 0xffff })];
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)];
}

function plain(random: Random): number {
  const [rs, rt] = [random.below(32), random.below(32)];
  const [free, sa] = [random.below(FREE), random.below(32)];
  switch (random.below(6)) {
    case 0:
    case 1:
      return ENCODE[pick(random, IMMEDIATES)]({ rs, rt: free, imm: random.below(65536) });
    case 2:
      return ENCODE[pick(random, SHIFTS)]({ rt, rd: free, sa });
    case 3: {
      const low = random.below(32);
      const high = low + random.below(32 - low);
      const inserts = random.below(2) === 0;
      return ENCODE[inserts ? "ins" : "ext"]({ rs, rt: free, sa: low, rd: inserts ? high : high - low });
    }
    default:
      return ENCODE[pick(random, OPERATIONS)]({ rs, rt, rd: free });
  }
}

function anyInstruction(random: Random, at: number, traps: boolean, writes: boolean): number[] {
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [branch(random, at), slot(random, at)];
    case 4:
      return jumpToRegister(random, at);
    case 5:
    case 6:
    case 7:
      return [access(random, random.below(24) === 0 ? END : DATA, traps)];
    case 8:
      return writes && random.below(6) === 0 ? rewrite(random) : [plain(random)];
    case 9:
      return traps && random.below(8) === 0 ? [trap(random)] : [plain(random)];
    default:
      return [plain(random)];
  }
}

/** What stands behind a branch: rarely another one, which traps if the first is taken. */
function slot(random: Random, at: number): number {
  const kind = random.below(100);
  if (kind < 30) return 0;
  if (kind < 50) return access(random, DATA, false);
  return kind === 50 ? branch(random, at + 1) : plain(random);
}

/** Words from behind an instruction to some other, mostly to one of the last or next ones. */
function distance(random: Random, at: number): number {
  const to = random.below(3) === 0 ? random.below(SIZE) : at + 1 + random.below(12) - (random.below(3) === 0 ? 10 : 0);
  return Math.max(0, Math.min(to, SIZE - 1)) - at - 1;
}

function branch(random: Random, at: number): number {
  const imm = distance(random, at);
  const [rs, rt] = [random.below(32), random.below(32)];
  if (random.below(6) === 0) return ENCODE[random.below(2) === 0 ? "j" : "jal"]({ imm: TEXT / 4 + at + 1 + imm });
  if (random.below(2) === 0) return ENCODE[pick(random, COMPARING)]({ rs, rt, imm });
  return ENCODE[pick(random, BY_SIGN)]({ rs, imm });
}

function jumpToRegister(random: Random, at: number): number[] {
  const target = at + 1 + distance(random, at);
  const rd = random.below(3) === 0 ? TARGET : random.below(2) * 31;
  return [
    ENCODE.addiu({ rt: TARGET, rs: CODE, imm: target * 4 }),
    rd === 0 ? ENCODE.jr({ rs: TARGET }) : ENCODE.jalr({ rs: TARGET, rd }),
    slot(random, at + 1),
  ];
}

function access(random: Random, rs: number, traps: boolean): number {
  const around = random.below(64) - 32;
  const rt = random.below(FREE);
  if (random.below(4) === 0) return ENCODE[pick(random, PARTS)]({ rs, rt, imm: around });
  return ENCODE[pick(random, ACCESSES)]({ rs, rt, imm: traps && random.below(10) === 0 ? around : around & ~3 });
}

/** Puts a spare instruction, or a part of one, in place of another. */
function rewrite(random: Random): number[] {
  const target = 24 + random.below(SIZE - 24);
  const store = random.below(4) === 0 ? ENCODE.sb : ENCODE.sw;
  return [
    ENCODE.lui({ rt: TARGET, imm: SPARE >>> 16 }),
    ENCODE.lw({ rt: TARGET, rs: TARGET, imm: 4 * random.below(SPARES) }),
    store({ rs: CODE, rt: TARGET, imm: target * 4 }),
  ];
}

function trap(random: Random): number {
  const [rs, rt, rd] = [random.below(32), random.below(FREE), random.below(FREE)];
  if (random.below(8) === 0) return pick(random, [0x7c, ENCODE.syscall({}), ENCODE.jr({ rs: 5 })]);
  return ENCODE[pick(random, TRAPPING)]({ rs, rt, rd });
}
