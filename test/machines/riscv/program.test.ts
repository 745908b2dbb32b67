import { expect } from "chai";

import { bytesToHex, ZERO_WORD } from "../../../plugin/hex.js";
import type { Input } from "../../../plugin/input.js";
import type { GuestLog, Machine } from "../../../plugin/machines/machine.js";
import { HostCall } from "../../../plugin/machines/hostCalls.js";
import { PC } from "../../../plugin/machines/riscv/stepper.js";
import { deployContracts, expectAgreement, inputOf, makeStep, type Contracts } from "../wasm/twins.js";
import { a0, a1, assemble, call, ENCODE, TEXT, WAIT } from "./assemble.js";

const { addi, lui, lw, sw, add, jal, beq, bne, mul } = ENCODE;
const [t0, t1, s0] = [5, 6, 8];

/** Waits, adds the first byte-wise word of its input to a sum in memory, publishes and logs the sum, and rejects or traps if told to. */
const DATA = 0x40000;
const SUM = [
  lui({ rd: s0, imm: DATA >> 12 }),
  ...call(WAIT),
  addi({ rd: a0, imm: 8 }),
  addi({ rd: a1, rs1: s0, imm: 32 }),
  ...call(HostCall.inputWord),
  lw({ rd: t0, rs1: s0, imm: 32 }),
  lw({ rd: t1, rs1: s0, imm: 0 }),
  add({ rd: t1, rs1: t1, rs2: t0 }),
  sw({ rs1: s0, rs2: t1, imm: 0 }),
  addi({ rd: a0, rs1: s0, imm: 0 }),
  ...call(HostCall.publish),
  addi({ rd: a1, imm: 4 }),
  ...call(HostCall.log),
  addi({ rd: t1, imm: 1 }),
  bne({ rs1: t0, rs2: t1, imm: 12 }),
  ...call(HostCall.reject),
  addi({ rd: t1, imm: 2 }),
  bne({ rs1: t0, rs2: t1, imm: 8 }),
  0,
  addi({ rd: t1, imm: 3 }),
  beq({ rs1: t0, rs2: t1, imm: 0 }),
];
const LOOP = [...SUM, jal({ imm: 4 - 4 * SUM.length })];

describe("A RISC-V guest", () => {
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts("RiscvMachine");
  });

  function input(number: number): Input {
    return inputOf(contracts.sourceAddress, Uint8Array.of(number, 0, 0, 0), { budget: 100n });
  }

  /** Handles an input step by step, each made again on chain. */
  async function handle(machine: Machine & { readonly input: Input | undefined }, given: Input): Promise<void> {
    for (let first = true; first || !machine.waiting; first = false) {
      const label = machine.describe(given).text;
      await expectAgreement(contracts, makeStep(machine, given), label);
    }
  }

  it("runs to its first wait at genesis, and handles each input as one pass of its loop", async () => {
    const logs: GuestLog[] = [];
    const machine = assemble(LOOP).start({ log: (log) => logs.push(log) });
    expect(machine.state()).to.include({ checkpoint: ZERO_WORD, inputCount: 0n, deadline: 0n });
    expect(machine.registers[PC]).to.equal(TEXT + 12);
    await handle(machine, input(5));
    await handle(machine, input(7));
    expect(machine.outcome).to.equal("returned");
    expect(machine.state().outputRoot).to.equal(`0x0c${"00".repeat(31)}`);
    expect(logs.map(({ data }) => [...data])).to.deep.equal([
      [5, 0, 0, 0],
      [12, 0, 0, 0],
    ]);
  });

  const ends = [
    [1, "rejected", undefined],
    [2, "trapped", "illegal instruction"],
    [3, "out-of-budget", undefined],
  ] as const;
  for (const [number, outcome, cause] of ends) {
    it(`goes back to where it waited, with all that was published, when its input is ${outcome}`, async () => {
      const machine = assemble(LOOP).start();
      await handle(machine, input(9));
      const before = machine.state();
      await handle(machine, input(number));
      expect([machine.outcome, machine.trapCause]).to.deep.equal([outcome, cause]);
      const { rejections } = machine.state();
      expect(rejections).to.not.equal(before.rejections);
      expect(machine.state()).to.deep.equal({ ...before, rejections, inputCount: 2n });
      await handle(machine, input(4));
      expect(machine.state().outputRoot).to.equal(`0x0d${"00".repeat(31)}`);
    });
  }

  it("traps at calls that no machine of this package has, exit among them", async () => {
    for (const number of [9, 10, 64, 93, 2047, -1]) {
      const machine = assemble([...call(WAIT), ...call(number)]).start();
      await handle(machine, input(0));
      expect([machine.outcome, machine.trapCause]).to.deep.equal(["trapped", "unknown call"]);
    }
  });

  it("runs what it has written, also over the instructions that it just ran, and after it was restored", async () => {
    // Each pass multiplies a0 by an instruction that the pass itself makes: addi a0, a0, 1 and then 2.
    const code = [
      ...call(WAIT),
      lui({ rd: t0, imm: TEXT >> 12 }),
      lw({ rd: t1, rs1: t0, imm: 7 * 4 }),
      lui({ rd: s0, imm: 0x100 }),
      add({ rd: t1, rs1: t1, rs2: s0 }),
      sw({ rs1: t0, rs2: t1, imm: 7 * 4 }),
      addi({ rd: a0, rs1: a0, imm: 0 }),
      jal({ imm: -8 * 4 }),
    ];
    const machine = assemble(code).start();
    const snapshots = [machine.snapshot()];
    for (const sum of [1, 3, 6]) {
      await handle(machine, input(0));
      expect(machine.registers[a0]).to.equal(sum);
      snapshots.push(machine.snapshot());
    }
    machine.restore(snapshots[1]);
    await handle(machine, input(0));
    expect(machine.registers[a0]).to.equal(3);
  });

  it("comes to the same state in runs of any length", () => {
    const busy = [
      lui({ rd: s0, imm: 0x50 }),
      ...call(WAIT),
      addi({ rd: t0, rs1: t0, imm: 77 }),
      mul({ rd: t1, rs1: t0, rs2: t0 }),
      add({ rd: 9, rs1: s0, rs2: t0 }),
      sw({ rs1: 9, rs2: t1, imm: -3 }),
      jal({ imm: -16 }),
    ];
    const program = assemble(busy);
    const given = inputOf(contracts.sourceAddress, new Uint8Array(), { budget: 100_000n });
    const [whole, parts] = [program.start(), program.start()];
    for (const machine of [whole, parts]) machine.deliver(given);
    whole.run(50_001);
    for (let left = 50_001, size = 1; left > 0; left -= size, size = Math.min(left, (size * 7) % 101)) parts.run(size);
    expect(parts.stateHash()).to.equal(whole.stateHash());
    expect(bytesToHex(parts.witness())).to.equal(bytesToHex(whole.witness()));
  });

  it("that does not come to wait is refused", () => {
    expect(() => assemble([0]).start()).to.throw("it traps: illegal instruction");
    expect(() => assemble([ENCODE.ebreak()]).start()).to.throw("it traps: breakpoint");
    expect(() => assemble([jal({ imm: 6 })]).start()).to.throw("it traps: misaligned jump");
    expect(() => assemble(call(HostCall.inputWord)).start()).to.throw("it traps: no input");
  });
});
