import type { ElfImage } from "../../../plugin/machines/registers/elf.js";
import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { mipsProgram } from "../../../plugin/machines/mips/index.js";

/** Fields of an instruction as the instruction set names them. */
export interface Fields {
  readonly rs?: number;
  readonly rt?: number;
  readonly rd?: number;
  readonly sa?: number;
  /** Of branches in words behind the delay slot's place, of jumps the index of a word. */
  readonly imm?: number;
}

type Encode = (fields: Fields) => number;

const register =
  (opcode: number, funct: number, high: Fields = {}): Encode =>
  (fields) => {
    const { rs = 0, rt = 0, rd = 0, sa = 0 } = { ...fields, ...high };
    return ((opcode << 26) | (rs << 21) | (rt << 16) | (rd << 11) | (sa << 6) | funct) >>> 0;
  };

const immediate =
  (opcode: number, own: Fields = {}): Encode =>
  (fields) => {
    const { rs = 0, rt = 0, imm = 0 } = { ...fields, ...own };
    return ((opcode << 26) | (rs << 21) | (rt << 16) | (imm & 0xffff)) >>> 0;
  };

const jump =
  (opcode: number): Encode =>
  ({ imm = 0 }) =>
    ((opcode << 26) | (imm & 0x3ffffff)) >>> 0;

/** Every instruction of the machine. */
export const ENCODE = {
  sll: register(0, 0, { rs: 0 }),
  srl: register(0, 2, { rs: 0 }),
  rotr: register(0, 2, { rs: 1 }),
  sra: register(0, 3, { rs: 0 }),
  sllv: register(0, 4, { sa: 0 }),
  srlv: register(0, 6, { sa: 0 }),
  rotrv: register(0, 6, { sa: 1 }),
  srav: register(0, 7, { sa: 0 }),
  jr: register(0, 8, { rt: 0, rd: 0, sa: 0 }),
  jalr: register(0, 9, { rt: 0, sa: 0 }),
  movz: register(0, 10, { sa: 0 }),
  movn: register(0, 11, { sa: 0 }),
  syscall: register(0, 12),
  break: register(0, 13),
  sync: register(0, 15, { rs: 0, rt: 0, rd: 0, sa: 0 }),
  mfhi: register(0, 16, { rs: 0, rt: 0, sa: 0 }),
  mthi: register(0, 17, { rt: 0, rd: 0, sa: 0 }),
  mflo: register(0, 18, { rs: 0, rt: 0, sa: 0 }),
  mtlo: register(0, 19, { rt: 0, rd: 0, sa: 0 }),
  mult: register(0, 24, { rd: 0, sa: 0 }),
  multu: register(0, 25, { rd: 0, sa: 0 }),
  div: register(0, 26, { rd: 0, sa: 0 }),
  divu: register(0, 27, { rd: 0, sa: 0 }),
  add: register(0, 32, { sa: 0 }),
  addu: register(0, 33, { sa: 0 }),
  sub: register(0, 34, { sa: 0 }),
  subu: register(0, 35, { sa: 0 }),
  and: register(0, 36, { sa: 0 }),
  or: register(0, 37, { sa: 0 }),
  xor: register(0, 38, { sa: 0 }),
  nor: register(0, 39, { sa: 0 }),
  slt: register(0, 42, { sa: 0 }),
  sltu: register(0, 43, { sa: 0 }),
  tge: register(0, 48),
  tgeu: register(0, 49),
  tlt: register(0, 50),
  tltu: register(0, 51),
  teq: register(0, 52),
  tne: register(0, 54),
  madd: register(0x1c, 0, { rd: 0, sa: 0 }),
  maddu: register(0x1c, 1, { rd: 0, sa: 0 }),
  mul: register(0x1c, 2, { sa: 0 }),
  msub: register(0x1c, 4, { rd: 0, sa: 0 }),
  msubu: register(0x1c, 5, { rd: 0, sa: 0 }),
  clz: register(0x1c, 32, { sa: 0 }),
  clo: register(0x1c, 33, { sa: 0 }),
  ext: register(0x1f, 0),
  ins: register(0x1f, 4),
  wsbh: register(0x1f, 32, { rs: 0, sa: 2 }),
  seb: register(0x1f, 32, { rs: 0, sa: 16 }),
  seh: register(0x1f, 32, { rs: 0, sa: 24 }),
  bltz: immediate(1, { rt: 0 }),
  bgez: immediate(1, { rt: 1 }),
  bltzal: immediate(1, { rt: 16 }),
  bgezal: immediate(1, { rt: 17 }),
  j: jump(2),
  jal: jump(3),
  beq: immediate(4),
  bne: immediate(5),
  blez: immediate(6, { rt: 0 }),
  bgtz: immediate(7, { rt: 0 }),
  addi: immediate(8),
  addiu: immediate(9),
  slti: immediate(10),
  sltiu: immediate(11),
  andi: immediate(12),
  ori: immediate(13),
  xori: immediate(14),
  lui: immediate(15, { rs: 0 }),
  lb: immediate(32),
  lh: immediate(33),
  lwl: immediate(34),
  lw: immediate(35),
  lbu: immediate(36),
  lhu: immediate(37),
  lwr: immediate(38),
  sb: immediate(40),
  sh: immediate(41),
  swl: immediate(42),
  sw: immediate(43),
  swr: immediate(46),
  ll: immediate(48),
  pref: immediate(51),
  sc: immediate(56),
} as const satisfies Record<string, Encode>;

export type Mnemonic = keyof typeof ENCODE;

/** Where code begins in programs of tests. */
export const TEXT = 0x10000;

/** Registers by their usual names. */
export const [v0, a0, a1, a2, ra] = [2, 4, 5, 6, 31];

export const FIRST_CALL = 5000;
export const WAIT = 8;

/** `syscall` with the number of a call. */
export function call(number: number): number[] {
  return [ENCODE.addiu({ rt: v0, imm: FIRST_CALL + number }), ENCODE.syscall({})];
}

/** The bytes of instructions. */
export function bytesOf(code: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * code.length);
  const view = new DataView(bytes.buffer);
  code.forEach((bits, index) => view.setUint32(4 * index, bits));
  return bytes;
}

/** A program whose code begins at `TEXT`. */
export function assemble(code: readonly number[]): RegisterProgram {
  const data = bytesOf(code);
  const image: ElfImage = { entry: TEXT, segments: [{ address: TEXT, data, size: data.length }] };
  return mipsProgram(image);
}
