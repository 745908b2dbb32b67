import { expect } from "chai";

import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import { deployContracts, expectAgreement, inputOf, makeStep, Random, type Contracts } from "../wasm/twins.js";
import { ENCODE, type Fields, type Mnemonic } from "./assemble.js";
import { place, startAt, type Setting } from "./setting.js";

const EDGES = [0, 1, -1, 2, 31, 32, 0x7fffffff, -0x80000000, -0x7fffffff, 0x80000001 | 0, 0xffff, -0x8000];
const IMMEDIATES = [0, 1, -1, 2047, -2048, 5];
const SHIFTS = [0, 1, 5, 30, 31];

const REGISTER: readonly Mnemonic[] = [
  ...(["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"] as const),
  ...(["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"] as const),
];
const IMMEDIATE: readonly Mnemonic[] = ["addi", "slti", "sltiu", "xori", "ori", "andi"];
const SHIFT: readonly Mnemonic[] = ["slli", "srli", "srai"];
const LOADS: readonly Mnemonic[] = ["lb", "lh", "lw", "lbu", "lhu"];
const STORES: readonly Mnemonic[] = ["sb", "sh", "sw"];
const BRANCHES: readonly Mnemonic[] = ["beq", "bne", "blt", "bge", "bltu", "bgeu"];

describe("RiscvMachine's twins agree on", () => {
  const random = new Random(41);
  let contracts: Contracts;
  let machine: RegisterMachine;
  let base: ReturnType<RegisterMachine["snapshot"]>;

  before(async () => {
    contracts = await deployContracts("RiscvMachine");
    const registers = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [index + 1, word()]));
    const memory = { 0x1ff80: random.bytes(256), 0: random.bytes(64), 0xffffffc0: random.bytes(64) };
    machine = startAt(inputOf(contracts.sourceAddress, random.bytes(40)), { registers, memory });
    base = machine.snapshot();
  });

  function word(): number {
    return Number(BigInt.asIntN(32, random.bits(32)));
  }

  /** Both halves agree on the step from each of the settings. Gives how many restored. */
  async function agree(settings: readonly Setting[]): Promise<number> {
    let restored = 0;
    for (const setting of settings) {
      machine.restore(base);
      place(machine, setting);
      const label = `${machine.describe().text} ${JSON.stringify(machine.describe().values)}`;
      await expectAgreement(contracts, makeStep(machine), label);
      expect(machine.registers[0], label).to.equal(0);
      if (machine.waiting) restored++;
    }
    return restored;
  }

  const anywhere = (): number => 4 * random.below(2 ** 30);

  function settingOf(name: Mnemonic, fields: Fields, values: readonly number[]): Setting {
    const registers: Record<number, number> = {};
    [fields.rs1, fields.rs2].forEach((index, place) => {
      if (index !== undefined && index !== 0) registers[index] = values[place];
    });
    return { pc: anywhere(), code: ENCODE[name](fields), registers };
  }

  for (const name of REGISTER) {
    it(name, async () => {
      const pairs = EDGES.flatMap((x) => EDGES.map((y) => [x, y]));
      for (let i = 0; i < 20; i++) pairs.push([word(), word() >> random.below(32)]);
      const settings = pairs.map((pair, index) => {
        const fields = {
          rd: index % 7 === 0 ? 0 : 1 + random.below(31),
          rs1: 1 + random.below(15),
          rs2: 16 + random.below(16),
        };
        return settingOf(name, fields, pair);
      });
      // One register as both operands and the result, and x0 as an operand.
      settings.push(
        settingOf(name, { rd: 9, rs1: 9, rs2: 9 }, [word()]),
        settingOf(name, { rd: 9, rs1: 0, rs2: 9 }, [0, 7]),
      );
      expect(await agree(settings)).to.equal(0);
    });
  }

  for (const name of [...IMMEDIATE, ...SHIFT]) {
    it(name, async () => {
      const immediates = SHIFT.includes(name) ? SHIFTS : IMMEDIATES;
      const settings = [...EDGES, word(), word()].flatMap((x) =>
        immediates.map((imm, index) => settingOf(name, { rd: index * 6, rs1: 1 + random.below(31), imm }, [x])),
      );
      expect(await agree(settings)).to.equal(0);
    });
  }

  it("lui and auipc", async () => {
    const settings = (["lui", "auipc"] as const).flatMap((name) =>
      [0, 1, 0x7ffff, 0x80000, 0xfffff].flatMap((imm) =>
        [0, 4, 0x7ffffffc, 0xfffffffc].map((pc, rd) => ({ pc, code: ENCODE[name]({ rd, imm }) })),
      ),
    );
    expect(await agree(settings)).to.equal(0);
  });

  for (const name of LOADS) {
    it(`${name} at every place in a leaf, across leaves, across windows and around the end of memory`, async () => {
      const targets = [
        ...Array.from({ length: 36 }, (_, index) => 0x1ffdc + index),
        ...[0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff, 0, 0x80000000, 0x12345],
      ];
      const settings = targets.flatMap((target) =>
        [0, -1, 2047].map((imm) => settingOf(name, { rd: 5, rs1: 6, imm }, [(target - imm) | 0])),
      );
      settings.push(settingOf(name, { rd: 0, rs1: 6 }, [0x1fffe]), settingOf(name, { rd: 6, rs1: 6 }, [0x1fffe]));
      expect(await agree(settings)).to.equal(0);
    });
  }

  for (const name of STORES) {
    it(`${name} at every place in a leaf, across leaves, across windows and around the end of memory`, async () => {
      const targets = [
        ...Array.from({ length: 36 }, (_, index) => 0x1ffdc + index),
        ...[0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff, 0, 0x80000000, 0x12345],
      ];
      const settings = targets.flatMap((target) =>
        [0, -2048, 2047].map((imm) => settingOf(name, { rs1: 6, rs2: 7, imm }, [(target - imm) | 0, word()])),
      );
      settings.push(settingOf(name, { rs1: 6, rs2: 0 }, [0x1fffe]), settingOf(name, { rs1: 6, rs2: 6 }, [0x1fffe]));
      expect(await agree(settings)).to.equal(0);
    });
  }

  it("loads of the instruction's own leaf, and stores to it and over it", async () => {
    const pc = 0x40010;
    const own = [-16, -13, 0, 4, 12, 14, -18];
    const load = own.map((imm) => ({ pc, code: ENCODE.lw({ rd: 5, rs1: 6, imm }), registers: { 6: pc } }));
    const store = own.map((imm) => ({ pc, code: ENCODE.sw({ rs1: 6, rs2: 7, imm }), registers: { 6: pc, 7: word() } }));
    expect(await agree([...load, ...store])).to.equal(0);
  });

  for (const name of BRANCHES) {
    it(`${name}, taken and not, forwards and backwards, to what is no instruction's address`, async () => {
      const values = [0, 1, -1, 0x7fffffff, -0x80000000];
      const settings = values.flatMap((x) =>
        values.flatMap((y) => [8, -8, 4094, -4096, 2].map((imm) => settingOf(name, { rs1: 3, rs2: 4, imm }, [x, y]))),
      );
      expect(await agree(settings)).to.be.greaterThan(0);
    });
  }

  it("jal, around the end of memory too, and to what is no instruction's address", async () => {
    const offsets = [8, -8, 0, 4, -4, 1048572, -1048576, 2, -2, 1048574];
    const settings = offsets.flatMap((imm) =>
      [0, 0x10000, 0xfffffffc].flatMap((pc) => [0, 1].map((rd) => ({ pc, code: ENCODE.jal({ rd, imm }) }))),
    );
    expect(await agree(settings)).to.equal(18);
  });

  it("jalr, whose lowest bit counts for nothing, also from and to one register", async () => {
    const targets = [0, 1, 2, 3, 4, 0x7ffffffc, -4, -3, -2, -1];
    const settings = targets.flatMap((target) =>
      [0, 5, -4, 2047].flatMap((imm) =>
        [0, 1, 6].map((rd) => settingOf("jalr", { rd, rs1: 6, imm }, [(target - imm) | 0])),
      ),
    );
    expect(await agree(settings)).to.equal(4 * 12);
  });

  it("fences of every kind, which do nothing", async () => {
    const codes = [0x0ff0000f, 0x0000100f, 0x8330000f, 0x0010000f, 0xfff00f8f | 0];
    expect(await agree(codes.map((code) => ({ pc: anywhere(), code: code >>> 0 })))).to.equal(0);
  });

  it("ebreak, accesses of control registers, and every other instruction of the system, which trap", async () => {
    const codes = [0x00100073, 0xf1402573, 0x30529073, 0x30200073, 0x10500073, 0x000000f3, 0x00008073, 0x80000073];
    expect(await agree(codes.map((code) => ({ pc: anywhere(), code })))).to.equal(codes.length);
  });

  it("what is no instruction of RV32IM, which traps, and any other bits", async () => {
    const illegal = [0, 0xffffffff, 0x1, 0x00003003, 0x00006003, 0x00003023, 0x00007023, 0x00002063, 0x00003063];
    const more = [0x00001067, 0x02001013, 0x40001013, 0x02005013, 0x60005013, 0x40001033, 0x40007033, 0x04000033];
    expect(await agree([...illegal, ...more].map((code) => ({ pc: anywhere(), code })))).to.equal(17);
    const opcodes = [0x03, 0x0f, 0x13, 0x17, 0x23, 0x33, 0x37, 0x63, 0x67, 0x6f, 0x73, 0x2f, 0x3b, 0x53];
    const any = Array.from({ length: 400 }, (_, index) => {
      const bits = Number(random.bits(32));
      return { pc: anywhere(), code: (index < 60 ? bits : (bits & ~0x7f) | opcodes[index % opcodes.length]) >>> 0 };
    });
    await agree(any);
  });
});
