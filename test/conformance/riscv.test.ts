import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { runConformance } from "../../plugin/conformance/conformance.js";
import { StepProver } from "../../plugin/conformance/stepProver.js";
import { MACHINES } from "../../plugin/machineTable.js";
import { elfFile } from "../machines/registers/elfFile.js";
import { a0, a7, bytesOf, call, ENCODE, TEXT, WAIT } from "../machines/riscv/assemble.js";

const { addi, lui, sw, lw, bne, div, jal, ecall, ebreak } = ENCODE;
const exit = (status: number): number[] => [addi({ rd: a0, imm: status }), addi({ rd: a7, imm: 93 }), ecall()];

/** A control register's instructions: `csrrw`, `csrrs` and `csrrwi`. */
const control = (funct3: number, number: number, rd: number, source: number): number =>
  ((number << 20) | (source << 15) | (funct3 << 12) | (rd << 7) | 0x73) >>> 0;
const [MEPC, MTVEC, MHARTID] = [0x341, 0x305, 0xf14];
const MRET = 0x30200073;

/** By name: a program, and what is wrong with it. */
const PROGRAMS: Readonly<Record<string, readonly [code: readonly number[], given: string | undefined]>> = {
  passes: [exit(0), undefined],
  "passes-after-work": [
    [
      lui({ rd: 5, imm: 0x80 }),
      sw({ rs1: 5, rs2: 5, imm: 3 }),
      lw({ rd: 6, rs1: 5, imm: 3 }),
      bne({ rs1: 5, rs2: 6, imm: 16 }),
    ].concat(div({ rd: 7, rs1: 5, rs2: 0 }), jal({ imm: 4 }), exit(0), exit(1)),
    undefined,
  ],
  // Firmware's beginnings: which hart this is, where traps go, and a return into the program behind.
  "passes-behind-control-registers": [
    [
      control(2, MHARTID, 5, 0),
      bne({ rs1: 5, imm: 0 }),
      lui({ rd: 6, imm: TEXT >> 12 }),
      control(1, MTVEC, 0, 6),
      addi({ rd: 6, rs1: 6, imm: 4 * 9 }),
      control(1, MEPC, 0, 6),
      control(5, 0x300, 0, 0),
      MRET,
      0,
      ...exit(0),
    ],
    undefined,
  ],
  "says-3": [exit(3), "exit with 3"],
  "is-illegal": [[0], "it traps at 0x10000: illegal instruction"],
  breaks: [[addi({}), ebreak()], "it traps at 0x10004: breakpoint"],
  "calls-what-is-not-there": [[addi({ rd: a7, imm: 94 }), ecall()], "it traps at 0x10004: unknown call"],
  waits: [call(WAIT), "it waits for an input"],
};

describe("conformance tests of the RISC-V machine", function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "riscv-"));
    for (const [name, [code]] of Object.entries(PROGRAMS)) {
      const data = bytesOf(code);
      const segments = [{ address: TEXT, data, size: data.length }];
      await writeFile(join(folder, name), elfFile({ entry: TEXT, segments }));
    }
    await writeFile(join(folder, "other-machine"), elfFile({ entry: 0, segments: [], machine: 8 }));
    await writeFile(join(folder, "passes.dump"), "not a program");
  });

  after(() => rm(folder, { recursive: true }));

  function expectVerdicts(files: Awaited<ReturnType<typeof runConformance>>["files"]): void {
    const given = Object.fromEntries(files.map(({ file, failures }) => [file, failures[0]?.given]));
    const { "other-machine": other, ...rest } = given;
    expect(other).to.contain("a program for machine 8");
    expect(rest).to.deep.equal(Object.fromEntries(Object.entries(PROGRAMS).map(([name, [, words]]) => [name, words])));
  }

  it("pass where a program exits with 0, and fail with what it did instead", async () => {
    const report = await runConformance({ machine: "riscv", folder, samples: 1 });
    expectVerdicts(report.files);
    expect(report).to.include({ machine: "riscv", passed: 3, failed: 6, skipped: 0 });
  });

  it("prove a sample of every kind of step on chain, traps too", async () => {
    const connection = await network.create();
    const prover = await StepProver.deploy(connection, MACHINES.riscv.contract);
    const report = await runConformance({ machine: "riscv", folder, samples: 2, prover });
    expectVerdicts(report.files);
    expect(report.onChain).to.deep.include({ failed: 0, failures: [] });
    expect(report.onChain.steps).to.be.greaterThan(12);
    await connection.close();
  });
});
