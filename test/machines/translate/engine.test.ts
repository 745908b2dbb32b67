import { expect } from "chai";

import { Exit } from "../../../plugin/machines/exit.js";
import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import type { RegisterProgram } from "../../../plugin/machines/registers/registerProgram.js";
import { PC } from "../../../plugin/machines/riscv/stepper.js";
import { Trap } from "../../../plugin/machines/traps.js";
import { inputOf } from "../../helpers/inputs.js";
import { a7, assemble, call, ENCODE, TEXT, WAIT } from "../riscv/assemble.js";
import { expectEqual } from "./compare.js";

const { addi, add, lui, lw, sw, lh, sb, bne, jal, jalr } = ENCODE;
const [t0, t1, t2, s0, s1] = [5, 6, 7, 8, 9];

/** A machine before its first instruction, that is translated at once, and one that is stepped. */
function both(program: RegisterProgram): [ours: RegisterMachine, theirs: RegisterMachine] {
  const [ours, theirs] = [program.load(), program.load()];
  ours.runner.pace = "at once";
  theirs.runner.pace = "never";
  return [ours, theirs];
}

/** Makes as many steps with both, and expects what they hold to be equal. */
function advance([ours, theirs]: [RegisterMachine, RegisterMachine], steps: number): { exit: number; trap: number } {
  const [made, expected] = [ours.advance(steps), theirs.advance(steps)];
  expect(made).to.deep.equal(expected);
  expectEqual(ours, theirs, `after ${steps} more steps`);
  return made;
}

/** Counts in `t0`, and has more instructions in its loop. */
const counting = (...more: number[]): RegisterProgram =>
  assemble([
    lui({ rd: s0, imm: 0x40 }),
    lui({ rd: s1, imm: TEXT >>> 12 }),
    addi({ rd: t0, rs1: t0, imm: 1 }),
    ...more,
    jal({ imm: -4 * (more.length + 1) }),
  ]);

describe("A translated machine", () => {
  it("stops at every position of a loop and a call", () => {
    const machines = both(
      counting(jal({ rd: 1, imm: 8 }), jal({ imm: 16 }), addi({ rd: t1, rs1: t1, imm: 3 }), jalr({ rs1: 1 }), 0),
    );
    advance(machines, 50_000);
    for (let position = 0; position < 30; position++) advance(machines, 3_001);
    expect(machines[0].runner.translatedSteps).to.be.above(50_000);
  });

  it("does what a loop puts in place of its own instructions", () => {
    const body = [
      lw({ rd: t1, rs1: s1, imm: 12 }),
      lui({ rd: t2, imm: 0x100 }),
      add({ rd: t1, rs1: t1, rs2: t2 }),
      addi({ rd: t2, rs1: t0, imm: 0 }),
      ...[ENCODE.andi({ rd: t2, rs1: t2, imm: 0x3ff }), bne({ rs1: t2, rs2: 0, imm: 8 })],
      sw({ rs1: s1, rs2: t1, imm: 36 }),
      addi({ rd: s0, rs1: s0, imm: 4 }),
    ];
    const machines = both(counting(...body));
    for (let position = 0; position < 12; position++) advance(machines, 9_777);
  });

  it("stores to data in the middle of code as fast as to any other", () => {
    const machines = both(counting(jal({ imm: 8 }), 0, sw({ rs1: s1, rs2: t0, imm: 16 })));
    advance(machines, 100_000);
    expect(machines[0].runner.translatedSteps).to.be.above(90_000);
    expect(machines[0].memory.byte(TEXT + 16)).to.be.above(0);
  });

  it("loads and stores at every alignment and around the end of memory", () => {
    const body = [0, 1, 2, 3].flatMap((at) => [
      sw({ rs1: s0, rs2: t0, imm: at }),
      lh({ rd: t1, rs1: s0, imm: at + 1 }),
      lw({ rd: t2, rs1: 0, imm: (at - 4) & 0xfff }),
      sw({ rs1: 0, rs2: t0, imm: (at - 4) & 0xfff }),
      add({ rd: s1, rs1: s1, rs2: t2 }),
    ]);
    const machines = both(counting(...body));
    advance(machines, 30_000);
    expect(machines[0].runner.translatedSteps).to.be.above(10_000);
  });

  const traps = [
    ["an illegal instruction", 0, Trap.illegal],
    ["a jump to what is no place of an instruction", jalr({ rs1: s1, imm: 2 }), Trap.misalignedJump],
    ["a breakpoint", ENCODE.ebreak(), Trap.breakpoint],
  ] as const;
  for (const [name, instruction, trap] of traps) {
    it(`traps at the step of ${name}`, () => {
      const machines = both(counting(lui({ rd: t1, imm: 5 }), bne({ rs1: t0, rs2: t1, imm: 8 }), instruction));
      expect(advance(machines, 10 ** 6)).to.include({ exit: Exit.trapped, trap });
    });
  }

  it("hands calls to the host, and restores what a trap must not have changed", () => {
    const program = assemble([
      ...[lui({ rd: s0, imm: 0x40 }), ...call(WAIT), lui({ rd: t1, imm: 3 })],
      ...[addi({ rd: t0, rs1: t0, imm: 1 }), sw({ rs1: s0, rs2: t0, imm: 0 }), bne({ rs1: t0, rs2: t1, imm: -8 })],
      ...[lw({ rd: t2, rs1: s0, imm: 4 }), sb({ rs1: s0, rs2: a7, imm: 4 }), bne({ rs1: t2, rs2: 0, imm: 12 })],
      ...[addi({ rd: t0, imm: 0 }), jal({ imm: -40 }), 0],
    ]);
    const [ours, theirs] = [program.start(), program.start()];
    ours.runner.pace = "at once";
    theirs.runner.pace = "never";
    for (const outcome of ["returned", "trapped", "trapped"]) {
      for (const machine of [ours, theirs]) {
        machine.deliver(inputOf({ number: 0n, budget: 10n ** 6n }));
        machine.run(10 ** 6);
      }
      expect([ours.outcome, theirs.outcome]).to.deep.equal([outcome, outcome]);
      expect(ours.stateHash()).to.equal(theirs.stateHash());
    }
    expect(ours.runner.translatedSteps).to.be.above(10_000);
  });

  it("shares what it translated with the program's other machines, as long as their code is the same", () => {
    const program = counting(addi({ rd: t1, rs1: t1, imm: 1 }));
    const [first, second, changed] = [program.load(), program.load(), program.load()];
    for (const machine of [first, second, changed]) machine.runner.pace = "at once";
    first.advance(10_000);
    const { size } = program.regions;
    second.advance(10_000);
    expect(program.regions.size).to.equal(size);
    changed.memory.write(TEXT + 12, Uint8Array.of(0x93));
    changed.memory.write(TEXT + 15, Uint8Array.of(0x00));
    changed.advance(10_000);
    expect(second.registers).to.deep.equal(first.registers);
    expect(changed.registers[t1]).to.not.equal(first.registers[t1]);
  });

  it("goes back to a snapshot in which its code was other code", () => {
    const machines = both(counting(addi({ rd: t1, rs1: t1, imm: 1 })));
    advance(machines, 10_000);
    const snapshots = machines.map((machine) => machine.snapshot());
    for (const machine of machines) machine.memory.write(TEXT + 12, Uint8Array.of(0x13, 0x03, 0x23, 0x00));
    advance(machines, 10_000);
    machines.forEach((machine, index) => machine.restore(snapshots[index]));
    advance(machines, 10_000);
    expect(machines[0].registers[PC] >>> 0).to.be.within(TEXT, TEXT + 20);
  });

  it("stays translated however often it goes back to where data among its code was other data", () => {
    const program = counting(jal({ imm: 8 }), 0, sw({ rs1: s1, rs2: t0, imm: 16 }));
    const [ours] = both(program);
    ours.advance(20_000);
    const snapshot = ours.snapshot();
    for (let time = 0; time < 150; time++) {
      ours.advance(1_000);
      ours.restore(snapshot);
    }
    const before = ours.runner.translatedSteps;
    ours.advance(10_000);
    expect(ours.runner.translatedSteps - before).to.be.above(9_000);
  });
});
