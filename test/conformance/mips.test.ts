import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { runConformance } from "../../plugin/conformance/conformance.js";
import { StepProver } from "../../plugin/conformance/stepProver.js";
import { MACHINES } from "../../plugin/machineTable.js";
import { a0, a1, bytesOf, call, ENCODE, ra, TEXT, v0, WAIT } from "../machines/mips/assemble.js";
import { elfFile } from "../machines/registers/elfFile.js";

const { addiu, ori, lui, sw, jr, addu, beq, syscall, mul, div } = ENCODE;
const [s0, s1, t0] = [16, 17, 8];

const begin = [lui({ rt: s0, imm: 0xbfff }), ori({ rs: s0, rt: s0, imm: 0xfff0 }), ori({ rt: s1, imm: 1 })];
const end = [sw({ rs: s0, rt: v0, imm: 8 }), sw({ rs: s0, rt: s1, imm: 4 }), jr({ rs: ra }), 0];
const says = (result: number): number[] => [...begin, addiu({ rt: v0, imm: result }), ...end];
const exits = (number: number, status: number): number[] => [
  addiu({ rt: a0, imm: status }),
  addiu({ rt: v0, imm: number }),
  syscall({}),
];

/** Raw images by name: a program, and what is wrong with it. */
const IMAGES: Readonly<Record<string, readonly [code: readonly number[], given: string | undefined]>> = {
  "passes.bin": [says(1), undefined],
  "works.bin": [
    [
      ...begin,
      mul({ rs: s1, rt: s1, rd: t0 }),
      div({ rs: s1, rt: 0 }),
      addu({ rs: t0, rt: 0, rd: v0 }),
      beq({ imm: 1 }),
      0,
      ...end,
    ],
    undefined,
  ],
  // Linux's answer to `clone` is what such a test looks at: 1.
  "clone.bin": [[...begin, addiu({ rt: a1, imm: 3 }), addiu({ rt: v0, imm: 4120 }), syscall({}), ...end], undefined],
  "says-2.bin": [says(2), "the words 1 and 2"],
  "ends-nowhere.bin": [[beq({ imm: -1 }), 0], "the words 0 and 0"],
  "exit_group.bin": [exits(4246, 1), undefined],
  "exits.bin": [exits(4246, 1), "exit with 1"],
  "traps.bin": [[0, 1], "it traps at 0x4: illegal instruction"],
  "waits.bin": [call(WAIT), "it waits for an input"],
};
const PROGRAMS: typeof IMAGES = {
  "program-exits": [exits(4001, 0), undefined],
  "program-says": [says(1), undefined],
  "program-fails": [exits(4246, 3), "exit with 3"],
};
const ALL = { ...IMAGES, ...PROGRAMS };

describe("conformance tests of the MIPS machine", function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mips-"));
    for (const [name, [code]] of Object.entries(IMAGES)) await writeFile(join(folder, name), bytesOf(code));
    for (const [name, [code]] of Object.entries(PROGRAMS)) {
      const data = bytesOf(code);
      const segments = [{ address: TEXT, data, size: data.length }];
      await writeFile(join(folder, name), elfFile({ entry: TEXT, segments, machine: 8, littleEndian: false }));
    }
    await writeFile(join(folder, "passes.asm"), "not a program");
  });

  after(() => rm(folder, { recursive: true }));

  function expectVerdicts(files: Awaited<ReturnType<typeof runConformance>>["files"]): void {
    const given = Object.fromEntries(files.map(({ file, failures }) => [file, failures[0]?.given]));
    expect(given).to.deep.equal(Object.fromEntries(Object.entries(ALL).map(([name, [, words]]) => [name, words])));
  }

  it("pass where a program returns with two words that say so, or exits as it should", async () => {
    const report = await runConformance({ machine: "mips", folder, samples: 1 });
    expectVerdicts(report.files);
    expect(report).to.include({ machine: "mips", passed: 6, failed: 6, skipped: 0 });
  });

  it("prove a sample of every kind of step on chain, traps too", async () => {
    const connection = await network.create();
    const prover = await StepProver.deploy(connection, MACHINES.mips.contract);
    const report = await runConformance({ machine: "mips", folder, samples: 2, prover });
    expectVerdicts(report.files);
    expect(report.onChain).to.deep.include({ failed: 0, failures: [] });
    expect(report.onChain.steps).to.be.greaterThan(12);
    await connection.close();
  });
});
