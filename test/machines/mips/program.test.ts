import { expect } from "chai";

import { bytesToHex, ZERO_WORD } from "../../../plugin/hex.js";
import type { Input } from "../../../plugin/input.js";
import { HostCall } from "../../../plugin/machines/hostCalls.js";
import type { GuestLog, Machine } from "../../../plugin/machines/machine.js";
import { NEXT, PC } from "../../../plugin/machines/mips/place.js";
import { deployContracts, expectAgreement, inputOf, makeStep, type Contracts } from "../wasm/twins.js";
import { a0, a1, assemble, call, ENCODE, FIRST_CALL, TEXT, v0, WAIT } from "./assemble.js";

const { addiu, lui, lw, sw, addu, beq, bne, mul, syscall } = ENCODE;
const [t0, t1, s0] = [8, 9, 16];

/** Waits, adds the first word of its input to a sum in memory, publishes and logs the sum, and rejects, traps or goes round if told to. */
const DATA = 0x40000;
const SUM = [
  lui({ rt: s0, imm: DATA >> 16 }),
  ...call(WAIT),
  addiu({ rt: a0, imm: 8 }),
  addiu({ rt: a1, rs: s0, imm: 32 }),
  ...call(HostCall.inputWord),
  lw({ rt: t0, rs: s0, imm: 32 }),
  lw({ rt: t1, rs: s0, imm: 0 }),
  addu({ rd: t1, rs: t1, rt: t0 }),
  sw({ rs: s0, rt: t1, imm: 0 }),
  addiu({ rt: a0, rs: s0 }),
  ...call(HostCall.publish),
  addiu({ rt: a1, imm: 4 }),
  ...call(HostCall.log),
  addiu({ rt: t1, imm: 1 }),
  bne({ rs: t0, rt: t1, imm: 3 }),
  addiu({ rt: t1, imm: 2 }),
  ...call(HostCall.reject),
  bne({ rs: t0, rt: t1, imm: 2 }),
  addiu({ rt: t1, imm: 3 }),
  1,
  beq({ rs: t0, rt: t1, imm: -1 }),
  0,
];
const LOOP = [...SUM, beq({ imm: -SUM.length }), 0];

describe("A MIPS guest", () => {
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts("MipsMachine");
  });

  function input(number: number): Input {
    return inputOf(contracts.sourceAddress, Uint8Array.of(0, 0, 0, number), { budget: 100n });
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
    expect([machine.registers[PC], machine.registers[NEXT]]).to.deep.equal([TEXT + 12, TEXT + 16]);
    await handle(machine, input(5));
    await handle(machine, input(7));
    expect(machine.outcome).to.equal("returned");
    expect(machine.state().outputRoot).to.equal(`0x0000000c${"00".repeat(28)}`);
    expect(logs.map(({ data }) => [...data])).to.deep.equal([
      [0, 0, 0, 5],
      [0, 0, 0, 12],
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
      expect(machine.state().outputRoot).to.equal(`0x0000000d${"00".repeat(28)}`);
    });
  }

  it("traps at calls that no machine of this package has, Linux's among them", async () => {
    for (const number of [9, 10, 4001 - FIRST_CALL, 4246 - FIRST_CALL, -1, -FIRST_CALL]) {
      const machine = assemble([...call(WAIT), ...call(number)]).start();
      await handle(machine, input(0));
      expect([machine.outcome, machine.trapCause]).to.deep.equal(["trapped", "unknown call"]);
    }
  });

  it("may wait in a delay slot, and goes on where the branch leads", async () => {
    const machine = assemble([
      addiu({ rt: v0, imm: FIRST_CALL + WAIT }),
      beq({ imm: 3 }),
      syscall({}),
      1,
      1,
      addiu({ rt: t0, rs: t0, imm: 1 }),
      beq({ imm: -6 }),
      0,
    ]).start();
    await handle(machine, input(0));
    await handle(machine, input(0));
    expect([machine.outcome, machine.registers[t0]]).to.deep.equal(["returned", 2]);
  });

  it("runs what it has written, also over instructions that it just ran, and after it was restored", async () => {
    // Each pass makes the instruction that it is about to run: addiu a0, a0, 1 and then 2.
    const code = [
      ...call(WAIT),
      lui({ rt: t0, imm: TEXT >> 16 }),
      lw({ rt: t1, rs: t0, imm: 6 * 4 }),
      addiu({ rt: t1, rs: t1, imm: 1 }),
      sw({ rs: t0, rt: t1, imm: 6 * 4 }),
      addiu({ rt: a0, rs: a0, imm: 0 }),
      beq({ imm: -8 }),
      0,
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

  it("comes to the same state in runs of any length, which may end before a delay slot", () => {
    const program = assemble([
      lui({ rt: s0, imm: 5 }),
      ...call(WAIT),
      addiu({ rt: t0, rs: t0, imm: 76 }),
      mul({ rd: t1, rs: t0, rt: t0 }),
      addu({ rd: 10, rs: s0, rt: t0 }),
      beq({ imm: -4 }),
      sw({ rs: 10, rt: t1, imm: -4 }),
    ]);
    const given = inputOf(contracts.sourceAddress, new Uint8Array(), { budget: 100_000n });
    const [whole, parts] = [program.start(), program.start()];
    for (const machine of [whole, parts]) machine.deliver(given);
    whole.run(50_001);
    for (let left = 50_001, size = 1; left > 0; left -= size, size = Math.min(left, (size * 7) % 101)) parts.run(size);
    expect(whole.waiting).to.equal(false);
    expect(parts.stateHash()).to.equal(whole.stateHash());
    expect(bytesToHex(parts.witness())).to.equal(bytesToHex(whole.witness()));
  });

  it("that does not come to wait is refused", () => {
    expect(() => assemble([1]).start()).to.throw("it traps: illegal instruction");
    expect(() => assemble([ENCODE.break({})]).start()).to.throw("it traps: breakpoint");
    expect(() => assemble([lw({ rt: t0, imm: 2 })]).start()).to.throw("it traps: misaligned access");
    expect(() => assemble([beq({ imm: 3 }), beq({ imm: 3 })]).start()).to.throw("it traps: branch in a delay slot");
    expect(() => assemble([ENCODE.teq({})]).start()).to.throw("it traps: conditional trap");
    expect(() => assemble(call(HostCall.inputWord)).start()).to.throw("it traps: no input");
  });
});
