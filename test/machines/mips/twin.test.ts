import { expect } from "chai";

import { HIGH, LINK, LOW } from "../../../plugin/machines/mips/place.js";
import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import { deployContracts, expectAgreement, inputOf, makeStep, Random, type Contracts } from "../wasm/twins.js";
import { ENCODE, FIRST_CALL, type Fields, type Mnemonic } from "./assemble.js";
import { place, startAt, type Setting } from "./setting.js";

const EDGES = [0, 1, -1, 31, 32, 0x7fffffff, -0x80000000, 0x80000001 | 0, 0xffff];
const IMMEDIATES = [0, 1, -1, 32767, -32768];

const REGISTER: readonly Mnemonic[] = [
  ...(["sllv", "srlv", "rotrv", "srav", "movz", "movn", "mult", "multu", "div", "divu"] as const),
  ...(["add", "addu", "sub", "subu", "and", "or", "xor", "nor", "slt", "sltu"] as const),
  ...(["madd", "maddu", "mul", "msub", "msubu", "clz", "clo", "wsbh", "seb", "seh"] as const),
  ...(["mfhi", "mthi", "mflo", "mtlo", "sync"] as const),
];
const TRAPS: readonly Mnemonic[] = ["tge", "tgeu", "tlt", "tltu", "teq", "tne"];
const SHIFTS: readonly Mnemonic[] = ["sll", "srl", "rotr", "sra"];
const IMMEDIATE: readonly Mnemonic[] = ["addi", "addiu", "slti", "sltiu", "andi", "ori", "xori", "lui"];
const BRANCHES: readonly Mnemonic[] = ["beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal"];
/** With what their addresses must be multiples of. */
const ACCESSES: Readonly<Partial<Record<Mnemonic, number>>> = {
  ...{ lb: 1, lbu: 1, lh: 2, lhu: 2, lw: 4, lwl: 1, lwr: 1, ll: 4 },
  ...{ sb: 1, sh: 2, sw: 4, swl: 1, swr: 1, sc: 4, pref: 1 },
};

describe("MipsMachine's twins agree on", function () {
  this.timeout(120_000);
  const random = new Random(51);
  let contracts: Contracts;
  let machine: RegisterMachine;
  let base: ReturnType<RegisterMachine["snapshot"]>;

  before(async () => {
    contracts = await deployContracts("MipsMachine");
    const registers = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [index + 1, word()]));
    const memory = { 0x1ff80: random.bytes(256), 0: random.bytes(64), 0xffffffc0: random.bytes(64) };
    machine = startAt(inputOf(contracts.sourceAddress, random.bytes(40)), {
      registers: { ...registers, [HIGH]: word(), [LOW]: word() },
      memory,
    });
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

  function settingOf(name: Mnemonic, fields: Fields, x = word(), y = word()): Setting {
    const registers: Record<number, number> = {};
    if (fields.rs) registers[fields.rs] = x;
    if (fields.rt) registers[fields.rt] = y;
    return { pc: anywhere(), code: ENCODE[name](fields), registers };
  }

  const pairs = (): [number, number][] => {
    const found = EDGES.flatMap((x) => EDGES.map((y): [number, number] => [x, y]));
    for (let i = 0; i < 10; i++) found.push([word(), word() >> random.below(32)]);
    return found;
  };

  for (const name of REGISTER) {
    it(name, async () => {
      const settings = pairs().map(([x, y], index) => settingOf(name, { rs: 8, rt: 9, rd: index % 12 }, x, y));
      settings.push(settingOf(name, { rs: 9, rt: 9, rd: 9 }), settingOf(name, { rs: 0, rt: 9, rd: 9 }));
      const overflows = pairs().length > 0 && (name === "add" || name === "sub");
      const restored = await agree(settings);
      if (overflows) expect(restored).to.be.greaterThan(0);
      else expect(restored).to.equal(0);
    });
  }

  for (const name of TRAPS) {
    it(`${name}, which traps or does nothing`, async () => {
      const settings = pairs().map(([x, y]) => settingOf(name, { rs: 8, rt: 9, rd: 3, sa: 7 }, x, y));
      expect(await agree(settings)).to.be.within(1, settings.length - 1);
    });
  }

  for (const name of SHIFTS) {
    it(name, async () => {
      const settings = EDGES.flatMap((y) =>
        [0, 1, 5, 30, 31].map((sa, index) => settingOf(name, { rt: 9, rd: index * 6, sa }, 0, y)),
      );
      expect(await agree(settings)).to.equal(0);
    });
  }

  for (const name of IMMEDIATE) {
    it(name, async () => {
      const settings = [...EDGES, word()].flatMap((x) =>
        IMMEDIATES.map((imm, index) => settingOf(name, { rs: 8, rt: index * 7, imm }, x)),
      );
      const restored = await agree(settings);
      if (name === "addi") expect(restored).to.be.greaterThan(0);
      else expect(restored).to.equal(0);
    });
  }

  it("ext and ins of every width, and of what is none", async () => {
    const places = [0, 1, 7, 16, 30, 31];
    const settings = (["ext", "ins"] as const).flatMap((name) =>
      places.flatMap((sa) => places.flatMap((rd) => [0, 9].map((rt) => settingOf(name, { rs: 8, rt, rd, sa })))),
    );
    expect(await agree(settings)).to.be.within(1, settings.length - 1);
  });

  for (const [name, multiple] of Object.entries(ACCESSES) as [Mnemonic, number][]) {
    it(`${name} at every place in a leaf, in windows and around the end of memory`, async () => {
      const targets = [
        ...Array.from({ length: 33 }, (_, index) => 0x1ffe0 + index),
        ...[0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff, 0, 0x80000000, 0x12345],
      ];
      const settings = targets.flatMap((target) =>
        [0, -32768, 32767].map((imm) => settingOf(name, { rs: 6, rt: 7, imm }, (target - imm) | 0)),
      );
      settings.push(settingOf(name, { rs: 6, rt: 0 }, 0x1fff4), settingOf(name, { rs: 6, rt: 6 }, 0x1fff4, 0x1fff4));
      const misaligned = targets.filter((target) => target % multiple !== 0).length;
      expect(await agree(settings)).to.equal(3 * misaligned);
    });
  }

  it("sc, which stores only what ll has linked", async () => {
    const settings = [0, 0x1fff4 | 1, 0x1fff0 | 1, 0x1fff4, -1].flatMap((link) =>
      [0, 7].map((rt) => {
        const setting = settingOf("sc", { rs: 6, rt }, 0x1fff4);
        return { ...setting, registers: { ...setting.registers, [LINK]: link } };
      }),
    );
    expect(await agree(settings)).to.equal(0);
    const { memory, registers } = machine;
    place(machine, { pc: 0x40000, code: ENCODE.ll({ rs: 6, rt: 8 }), registers: { 6: 0x1fff8 } });
    await expectAgreement(contracts, makeStep(machine), "ll");
    place(machine, { pc: 0x40004, code: ENCODE.sc({ rs: 6, rt: 9 }), registers: { 9: 77 } });
    await expectAgreement(contracts, makeStep(machine), "sc");
    expect([memory.byte(0x1fffb), registers[9], registers[LINK]]).to.deep.equal([77, 1, 0]);
  });

  it("loads of the instruction's own leaf, and stores to it and over it", async () => {
    const pc = 0x40010;
    const settings = (["lw", "sw", "swl", "swr"] as const).flatMap((name) =>
      [-16, 0, 4, 12].map((imm) => ({ ...settingOf(name, { rs: 6, rt: 7, imm }, pc), pc })),
    );
    expect(await agree(settings)).to.equal(0);
  });

  for (const name of BRANCHES) {
    it(`${name}, taken and not, forwards and backwards`, async () => {
      const values = [0, 1, -1, 0x7fffffff, -0x80000000];
      const settings = values.flatMap((x) =>
        values.flatMap((y) => [2, -2, 32767, -32768].map((imm) => settingOf(name, { rs: 3, rt: 5, imm }, x, y))),
      );
      settings.push({ ...settingOf(name, { rs: 31, imm: 5 }), pc: 0xfffffff8 });
      expect(await agree(settings)).to.equal(0);
    });
  }

  it("j and jal, in the first and the last words of their 256 MiB", async () => {
    const settings = (["j", "jal"] as const).flatMap((name) =>
      [0, 1, 0x3ffffff].flatMap((imm) =>
        [0, 0x10000, 0x0ffffffc, 0x7ffffff8, 0xfffffffc].map((pc) => ({ pc, code: ENCODE[name]({ imm }) })),
      ),
    );
    expect(await agree(settings)).to.equal(0);
  });

  it("jr and jalr, which trap unless they go to an instruction's address", async () => {
    const settings = (["jr", "jalr"] as const).flatMap((name) =>
      [0, 1, 2, 3, 4, -4, -3, -2, -1].flatMap((x) =>
        [0, 6, 31].map((rd) => settingOf(name, { rs: 6, rd: name === "jr" ? 0 : rd }, x)),
      ),
    );
    expect(await agree(settings)).to.equal(36);
  });

  it("delay slots: what is in one runs before the target, and a branch or jump in one traps", async () => {
    const slot = { pc: 0x40000, next: 0x50000 };
    const plain = (["addu", "lw", "sw", "mult", "syscall"] as const).map((name) => ({
      ...settingOf(name, { rs: 6, rt: 7, rd: 8 }, 0x1fff4),
      ...slot,
    }));
    const call = plain.map((setting) => ({ ...setting, registers: { ...setting.registers, 2: FIRST_CALL + 4 } }));
    expect(await agree(call)).to.equal(0);
    const jumps: readonly Mnemonic[] = [...BRANCHES, "j", "jal", "jr", "jalr"];
    const nested = jumps.flatMap((name) => [0, 1, -1].map((x) => ({ ...settingOf(name, { rs: 6 }, x & ~3), ...slot })));
    expect(await agree(nested)).to.equal(nested.length);
  });

  it("break, and what is no instruction of the machine, which trap", async () => {
    const codes = [0x0000000d, 0x00000001, 0x00000005, 0x0000000e, 0x00000014, 0x0000001c, 0x00000028, 0x00000035];
    const more = [0x00400002, 0x00200000, 0x00000086, 0x00000044, 0x04020000, 0x041f0000, 0x18010000, 0x3c200000];
    const others = [0x40000000, 0x44000000, 0x50000000, 0x70000003, 0x7000003f, 0x7c03e83b, 0x7c000020, 0x9c000000];
    const last = [0xb0000000, 0xbc000000, 0xc4000000, 0xe4000000, 0xffffffff];
    const settings = [...codes, ...more, ...others, ...last].map((code) => ({ pc: anywhere(), code }));
    expect(await agree(settings)).to.equal(settings.length);
  });

  it("fields that an instruction does not use, which trap where they are not 0", async () => {
    const [rs, rt, rd, sa] = [0x3e00000, 0x1f0000, 0xf800, 0x7c0];
    const unused: readonly (readonly [readonly Mnemonic[], number])[] = [
      [["jr"], rt | rd | 0x3c0],
      [["jalr"], rt | 0x3c0],
      [["sync"], rs | rt | rd | sa],
      [["mfhi", "mflo"], rs | rt | sa],
      [["mthi", "mtlo"], rt | rd | sa],
      [["mult", "multu", "div", "divu", "madd", "maddu", "msub", "msubu"], rd | sa],
      [
        ["movz", "movn", "add", "addu", "sub", "subu", "and", "or", "xor", "nor", "slt", "sltu", "mul", "clz", "clo"],
        sa,
      ],
      [["sllv", "srav"], sa],
      [["sll", "sra"], rs],
    ];
    const settings = unused.flatMap(([names, mask]) =>
      names.flatMap((name) =>
        Array.from({ length: 26 }, (_, bit) => 2 ** bit)
          .filter((bit) => (mask & bit) !== 0)
          .map((bit) => ({
            pc: anywhere(),
            code: ENCODE[name]({ rs: name === "sll" || name === "sra" ? 0 : 6 }) | bit,
          }))
          .map((setting) => ({ ...setting, code: setting.code >>> 0, registers: { 6: 0x40000 } })),
      ),
    );
    expect(await agree(settings)).to.equal(settings.length);
  });

  it("hints and codes, which mean nothing here", async () => {
    const waits = (["jr", "jalr"] as const).map((name) => ENCODE[name]({ rs: 6 }) | 0x400);
    const codes = TRAPS.map((name) => ENCODE[name]({ rs: 6, rt: name === "tne" ? 6 : 0 }) | 0xffc0);
    const settings = [...waits, ...codes].map((code) => ({ pc: anywhere(), code, registers: { 6: 0x40000 } }));
    // `tge` and `tgeu` trap with what is in the registers.
    expect(await agree(settings)).to.equal(2);
  });

  it("any bits", async () => {
    const opcodes = [0, 0, 0, 1, 0x1c, 0x1f, 4, 6, 8, 0x0f];
    const settings = Array.from({ length: 500 }, (_, index) => {
      const bits = Number(random.bits(32));
      const code = index < 100 ? bits : (bits & 0x3ffffff) | (opcodes[index % opcodes.length] << 26);
      return { pc: anywhere(), code: code >>> 0 };
    });
    await agree(settings);
  });
});
