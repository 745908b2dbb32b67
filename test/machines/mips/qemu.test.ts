import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { bytesToHex } from "../../../plugin/hex.js";
import { Exit } from "../../../plugin/machines/exit.js";
import { loadMipsProgram } from "../../../plugin/machines/mips/index.js";
import { elfFile } from "../registers/elfFile.js";
import { Random } from "../wasm/twins.js";
import { a0, a1, a2, bytesOf, ENCODE, TEXT, v0, type Fields, type Mnemonic } from "./assemble.js";

const QEMU = "qemu-mips";

/** Where a program's numbers are, and how many bytes of them. */
const DATA = 0x100000;
const DATA_SIZE = 4096;
/** Holds the middle of the numbers all along: loads and stores are relative to it. */
const BASE = 30;
/** Registers that programs use: all but those of links and of the base. */
const USED = 29;

const ALU: readonly Mnemonic[] = [
  ...(["sllv", "srlv", "rotrv", "srav", "movz", "movn", "mult", "multu", "addu", "subu"] as const),
  ...(["and", "or", "xor", "nor", "slt", "sltu", "madd", "maddu", "msub", "msubu"] as const),
  ...(["wsbh", "seb", "seh", "mfhi", "mthi", "mflo", "mtlo"] as const),
];
const IMMEDIATE: readonly Mnemonic[] = ["addiu", "slti", "sltiu", "andi", "ori", "xori", "lui"];
const SHIFT: readonly Mnemonic[] = ["sll", "srl", "rotr", "sra"];
/** With what their addresses are multiples of. */
const ACCESS: readonly (readonly [Mnemonic, number])[] = [
  ...([
    ["lb", 1],
    ["lbu", 1],
    ["lh", 2],
    ["lhu", 2],
    ["lw", 4],
    ["lwl", 1],
    ["lwr", 1],
  ] as const),
  ...([
    ["sb", 1],
    ["sh", 2],
    ["sw", 4],
    ["swl", 1],
    ["swr", 1],
  ] as const),
];
const BRANCH: readonly Mnemonic[] = ["beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal"];

const WRITE = 4004;
const EXIT = 4246;

describe("MIPS's stepper does what QEMU does", () => {
  const random = new Random(56);
  let folder: string;

  before(async function () {
    if (spawnSync(QEMU, ["--version"]).status !== 0) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "qemu-"));
  });

  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const register = (): number => random.below(USED + 1);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];

  /** An instruction that keeps the base and goes on behind itself. */
  function plain(): number[] {
    const fields: Fields = { rs: register(), rt: register(), rd: register() };
    switch (random.below(9)) {
      case 8: {
        // Where something is stored between the two, QEMU looks at the value and ours at the address.
        const [imm, other] = [4 * random.below(400), 4 * random.below(400)];
        const linked = ENCODE.ll({ ...fields, rs: BASE, imm });
        return [linked, ENCODE.sc({ rt: register(), rs: BASE, imm: pick([imm, other]) })];
      }
      case 0:
        return [ENCODE[pick(IMMEDIATE)]({ ...fields, imm: random.below(65536) })];
      case 1:
        return [ENCODE[pick(SHIFT)]({ ...fields, sa: random.below(32) })];
      case 2:
      case 3: {
        const [name, multiple] = pick(ACCESS);
        const imm = (random.below(4000 / multiple) - 2000 / multiple) * multiple;
        return [ENCODE[name]({ ...fields, rs: BASE, imm })];
      }
      case 4: {
        const sa = random.below(32);
        const rd = random.below(32 - sa);
        return [ENCODE.ext({ ...fields, sa, rd }), ENCODE.ins({ ...fields, sa, rd: sa + rd })];
      }
      case 5: {
        // hi and lo are anything behind `mul`, and behind a division by zero.
        const { rs = 0, rd = 0 } = fields;
        const known = [ENCODE.mthi({ rs }), ENCODE.mtlo({ rs })];
        const odd = ENCODE.ori({ rs: rd, rt: rd || 1, imm: 1 });
        const divided = ENCODE[pick(["div", "divu"] as const)]({ rs, rt: rd || 1 });
        return random.below(2) === 0 ? [ENCODE.mul(fields), ...known] : [odd, divided];
      }
      case 6: {
        const name = pick(["clz", "clo"] as const);
        const { rs = 0, rd = 0 } = fields;
        return [ENCODE[name]({ rs, rd, rt: rd })];
      }
      default:
        return [arithmetic()];
    }
  }

  /** Fields of instructions for `hi` and `lo` that ours does not read are accumulators of an extension, where they are not 0. */
  function arithmetic(): number {
    const name = pick(ALU);
    const [rs, rt, rd] = [register(), register(), register()];
    if (/^m[ft](hi|lo)$/.test(name)) return ENCODE[name](name.startsWith("mf") ? { rd } : { rs });
    return ENCODE[name](/^(mult|madd|msub)/.test(name) ? { rs, rt } : { rs, rt, rd });
  }

  /** A branch over one instruction, with another in its delay slot. */
  function branch(): number[] {
    const slot = arithmetic();
    const skipped = ENCODE[pick(IMMEDIATE)]({ rs: register(), rt: register(), imm: random.below(65536) });
    return [ENCODE[pick(BRANCH)]({ rs: register(), rt: register(), imm: 2 }), slot, skipped];
  }

  /** Loads all registers, does what is random, stores them again, and writes all numbers out. */
  function programOf(length: number): Uint8Array {
    const others = Array.from({ length: USED }, (_, index) => index + 1);
    const pieces = Array.from({ length }, () => (random.below(6) === 0 ? branch() : plain()));
    const code = [
      ENCODE.lui({ rt: BASE, imm: DATA >> 16 }),
      ENCODE.ori({ rs: BASE, rt: BASE, imm: 2048 }),
      ...others.map((rt) => ENCODE.lw({ rt, rs: BASE, imm: 4 * rt - 2048 })),
      ENCODE.mthi({ rs: 1 }),
      ENCODE.mtlo({ rs: 2 }),
      ...pieces.flat(),
      ENCODE.ori({ rs: BASE, rt: BASE, imm: 4096 }),
      ...others.map((rt) => ENCODE.sw({ rs: BASE, rt, imm: 4 * rt })),
      ENCODE.sw({ rs: BASE, rt: 31, imm: 4 * 31 }),
      ENCODE.mfhi({ rd: 8 }),
      ENCODE.sw({ rs: BASE, rt: 8, imm: 0 }),
      ENCODE.mflo({ rd: 8 }),
      ENCODE.sw({ rs: BASE, rt: 8, imm: 4 * 30 }),
      ENCODE.addiu({ rt: a0, imm: 1 }),
      ENCODE.lui({ rt: a1, imm: DATA >> 16 }),
      ENCODE.addiu({ rt: a2, imm: 2 * DATA_SIZE }),
      ENCODE.addiu({ rt: v0, imm: WRITE }),
      ENCODE.syscall({}),
      ENCODE.addiu({ rt: a0, imm: 0 }),
      ENCODE.addiu({ rt: v0, imm: EXIT }),
      ENCODE.syscall({}),
    ];
    const text = bytesOf(code);
    const data = Uint8Array.from({ length: DATA_SIZE }, () => random.below(256));
    return elfFile({
      machine: 8,
      littleEndian: false,
      entry: TEXT,
      segments: [
        { address: TEXT, data: text, size: text.length },
        { address: DATA, data, size: 2 * DATA_SIZE },
      ],
    });
  }

  function run(elf: Uint8Array): Uint8Array {
    const machine = loadMipsProgram(elf).load();
    expect(machine.advance(100_000).exit).to.equal(Exit.trapped);
    expect(machine.registers[v0]).to.equal(WRITE);
    return machine.memory.read(DATA, 2 * DATA_SIZE);
  }

  for (const length of [1, 10, 300, 3000]) {
    it(`in programs of ${length} random pieces: the same registers and memory in the end`, async () => {
      for (let number = 0; number < 12; number++) {
        const elf = programOf(length);
        const path = join(folder, `${length}-${number}`);
        await writeFile(path, elf);
        await chmod(path, 0o755);
        const { status, signal, stderr, stdout } = spawnSync(QEMU, ["-cpu", "24Kf", path]);
        expect([status, signal, stderr.toString()]).to.deep.equal([0, null, ""]);
        expect(bytesToHex(run(elf))).to.equal(bytesToHex(new Uint8Array(stdout)));
      }
    });
  }
});
