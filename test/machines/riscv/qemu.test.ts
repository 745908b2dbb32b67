import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { bytesToHex } from "../../../plugin/hex.js";
import { Exit } from "../../../plugin/machines/exit.js";
import { loadRiscvProgram } from "../../../plugin/machines/riscv/index.js";
import { elfFile } from "../registers/elfFile.js";
import { Random } from "../wasm/twins.js";
import { a0, a1, a2, a7, bytesOf, ENCODE, TEXT, type Mnemonic } from "./assemble.js";

const QEMU = "qemu-riscv32";

/** Where a program's numbers are, and how many bytes of them. */
const DATA = 0x100000;
const DATA_SIZE = 4096;
const REGISTERS_SIZE = 32 * 4;
/** Holds the middle of the numbers all along: loads and stores are relative to it. */
const BASE = 31;

const ALU: readonly Mnemonic[] = [
  ...(["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"] as const),
  ...(["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"] as const),
];
const IMMEDIATE: readonly Mnemonic[] = ["addi", "slti", "sltiu", "xori", "ori", "andi"];
const SHIFT: readonly Mnemonic[] = ["slli", "srli", "srai"];
const ACCESS: readonly Mnemonic[] = ["lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw"];
const BRANCH: readonly Mnemonic[] = ["beq", "bne", "blt", "bge", "bltu", "bgeu"];

const WRITE = 64;
const EXIT = 93;

describe("RISC-V's stepper does what QEMU does", () => {
  const random = new Random(46);
  let folder: string;

  before(async function () {
    if (spawnSync(QEMU, ["--version"]).status !== 0) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "qemu-"));
  });

  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const register = (): number => random.below(BASE);
  const pick = (names: readonly Mnemonic[]): Mnemonic => names[random.below(names.length)];

  /** An instruction that keeps the base, and goes forward by two at most. */
  function anyInstruction(): number {
    const rd = register();
    const fields = { rd, rs1: register(), rs2: register() };
    switch (random.below(8)) {
      case 0:
        return ENCODE[pick(IMMEDIATE)]({ ...fields, imm: random.below(4096) });
      case 1:
        return ENCODE[pick(SHIFT)]({ ...fields, imm: random.below(32) });
      case 2:
      case 3:
        return ENCODE[pick(ACCESS)]({ ...fields, rs1: BASE, imm: random.below(4000) - 2000 });
      case 4:
        return ENCODE[pick(BRANCH)]({ ...fields, imm: 8 });
      case 5:
        return [ENCODE.lui({ rd, imm: random.below(2 ** 20) }), ENCODE.jal({ rd, imm: 8 })][random.below(2)];
      default:
        return ENCODE[pick(ALU)](fields);
    }
  }

  /** Loads all registers, does what is random, stores them again, and writes all numbers out. */
  function programOf(length: number): Uint8Array {
    const others = Array.from({ length: BASE - 1 }, (_, index) => index + 1);
    const code = [
      ENCODE.lui({ rd: BASE, imm: DATA >> 12 }),
      ENCODE.addi({ rd: BASE, rs1: BASE, imm: 2047 }),
      ENCODE.addi({ rd: BASE, rs1: BASE, imm: 1 }),
      ...others.map((rd) => ENCODE.lw({ rd, rs1: BASE, imm: 4 * rd - 2048 })),
      ...Array.from({ length }, anyInstruction),
      ENCODE.addi({ imm: 0 }),
      ENCODE.addi({ imm: 0 }),
      ENCODE.lui({ rd: BASE, imm: (DATA + DATA_SIZE) >> 12 }),
      ...others.map((index) => ENCODE.sw({ rs1: BASE, rs2: index, imm: 4 * index })),
      ENCODE.addi({ rd: a0, imm: 1 }),
      ENCODE.lui({ rd: a1, imm: DATA >> 12 }),
      ENCODE.lui({ rd: a2, imm: 2 }),
      ENCODE.addi({ rd: a7, imm: WRITE }),
      ENCODE.ecall(),
      ENCODE.addi({ rd: a0, imm: 0 }),
      ENCODE.addi({ rd: a7, imm: EXIT }),
      ENCODE.ecall(),
    ];
    const text = bytesOf(code);
    const data = Uint8Array.from({ length: DATA_SIZE }, () => random.below(256));
    return elfFile({
      entry: TEXT,
      segments: [
        { address: TEXT, data: text, size: text.length },
        { address: DATA, data, size: 2 * DATA_SIZE },
      ],
    });
  }

  function run(elf: Uint8Array): Uint8Array {
    const machine = loadRiscvProgram(elf).load();
    const { exit } = machine.advance(100_000);
    expect(exit).to.equal(Exit.trapped);
    expect(machine.registers[a7]).to.equal(WRITE);
    return machine.memory.read(DATA, 2 * DATA_SIZE);
  }

  for (const length of [1, 10, 300, 3000]) {
    it(`in programs of ${length} random instructions: the same registers and memory in the end`, async () => {
      for (let number = 0; number < 12; number++) {
        const elf = programOf(length);
        const path = join(folder, `${length}-${number}`);
        await writeFile(path, elf);
        await chmod(path, 0o755);
        const { status, stdout } = spawnSync(QEMU, [path]);
        expect(status).to.equal(0);
        expect(bytesToHex(run(elf))).to.equal(bytesToHex(new Uint8Array(stdout)));
        expect(stdout.subarray(DATA_SIZE, DATA_SIZE + REGISTERS_SIZE).some((byte: number) => byte !== 0)).to.equal(
          true,
        );
      }
    });
  }
});
