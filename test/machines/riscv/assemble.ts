import type { ElfImage } from "../../../plugin/machines/registers/elf.js";
import { riscvProgram } from "../../../plugin/machines/riscv/index.js";
import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";

/** Fields of an instruction as the specification's formats name them. */
export interface Fields {
  readonly rd?: number;
  readonly rs1?: number;
  readonly rs2?: number;
  readonly imm?: number;
}

type Encode = (fields: Fields) => number;

const register =
  (funct7: number, funct3: number): Encode =>
  ({ rd = 0, rs1 = 0, rs2 = 0 }) =>
    ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | 0x33) >>> 0;

const immediate =
  (opcode: number, funct3: number, high = 0): Encode =>
  ({ rd = 0, rs1 = 0, imm = 0 }) =>
    (((imm | high) << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;

const store =
  (funct3: number): Encode =>
  ({ rs1 = 0, rs2 = 0, imm = 0 }) =>
    (((imm >> 5) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((imm & 31) << 7) | 0x23) >>> 0;

const branch =
  (funct3: number): Encode =>
  ({ rs1 = 0, rs2 = 0, imm = 0 }) =>
    ((((imm >> 12) & 1) << 31) |
      (((imm >> 5) & 0x3f) << 25) |
      (rs2 << 20) |
      (rs1 << 15) |
      (funct3 << 12) |
      (((imm >> 1) & 15) << 8) |
      (((imm >> 11) & 1) << 7) |
      0x63) >>>
    0;

const jump: Encode = ({ rd = 0, imm = 0 }) =>
  ((((imm >> 20) & 1) << 31) |
    (((imm >> 1) & 0x3ff) << 21) |
    (((imm >> 11) & 1) << 20) |
    (((imm >> 12) & 0xff) << 12) |
    (rd << 7) |
    0x6f) >>>
  0;

const upper =
  (opcode: number): Encode =>
  ({ rd = 0, imm = 0 }) =>
    ((imm << 12) | (rd << 7) | opcode) >>> 0;

/** Every instruction of RV32IM. */
export const ENCODE = {
  lui: upper(0x37),
  auipc: upper(0x17),
  jal: jump,
  jalr: immediate(0x67, 0),
  beq: branch(0),
  bne: branch(1),
  blt: branch(4),
  bge: branch(5),
  bltu: branch(6),
  bgeu: branch(7),
  lb: immediate(0x03, 0),
  lh: immediate(0x03, 1),
  lw: immediate(0x03, 2),
  lbu: immediate(0x03, 4),
  lhu: immediate(0x03, 5),
  sb: store(0),
  sh: store(1),
  sw: store(2),
  addi: immediate(0x13, 0),
  slli: immediate(0x13, 1),
  slti: immediate(0x13, 2),
  sltiu: immediate(0x13, 3),
  xori: immediate(0x13, 4),
  srli: immediate(0x13, 5),
  srai: immediate(0x13, 5, 0x400),
  ori: immediate(0x13, 6),
  andi: immediate(0x13, 7),
  add: register(0, 0),
  sub: register(0x20, 0),
  sll: register(0, 1),
  slt: register(0, 2),
  sltu: register(0, 3),
  xor: register(0, 4),
  srl: register(0, 5),
  sra: register(0x20, 5),
  or: register(0, 6),
  and: register(0, 7),
  mul: register(1, 0),
  mulh: register(1, 1),
  mulhsu: register(1, 2),
  mulhu: register(1, 3),
  div: register(1, 4),
  divu: register(1, 5),
  rem: register(1, 6),
  remu: register(1, 7),
  fence: () => 0x0ff0000f,
  ecall: () => 0x73,
  ebreak: () => 0x100073,
} as const satisfies Record<string, Encode>;

export type Mnemonic = keyof typeof ENCODE;

/** Where code begins in programs of tests. */
export const TEXT = 0x10000;

/** Registers by their usual names. */
export const [a0, a1, a2, a7] = [10, 11, 12, 17];

/** `ecall` with the number of a call. */
export function call(number: number): number[] {
  return [ENCODE.addi({ rd: a7, imm: number }), ENCODE.ecall()];
}

export const WAIT = 8;

/** The bytes of instructions. */
export function bytesOf(code: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * code.length);
  const view = new DataView(bytes.buffer);
  code.forEach((bits, index) => view.setUint32(4 * index, bits, true));
  return bytes;
}

/** A program whose code begins at `TEXT`, and which has other bytes in memory. */
export function assemble(code: readonly number[], memory: Readonly<Record<number, Uint8Array>> = {}): RegisterProgram {
  const data = bytesOf(code);
  const others = Object.entries(memory).map(([address, bytes]) => ({
    address: Number(address),
    data: bytes,
    size: bytes.length,
  }));
  const image: ElfImage = { entry: TEXT, segments: [{ address: TEXT, data, size: data.length }, ...others] };
  return riscvProgram(image);
}
