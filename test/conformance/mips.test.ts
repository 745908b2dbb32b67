import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { keccak_256 } from "@noble/hashes/sha3.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { network } from "hardhat";

import { runConformance } from "../../plugin/conformance/conformance.js";
import { StepProver } from "../../plugin/conformance/stepProver.js";
import { MACHINES } from "../../plugin/machineTable.js";
import { a0, a1, bytesOf, call, ENCODE, ra, TEXT, v0, WAIT } from "../machines/mips/assemble.js";
import { elfFile } from "../machines/registers/elfFile.js";

const { addiu, ori, lui, sw, lw, lhu, jr, add, addu, subu, movn, beq, syscall, mul, div } = ENCODE;
const [s0, s1, t0, t1, a2, a3] = [16, 17, 8, 9, 6, 7];

const begin = [lui({ rt: s0, imm: 0xbfff }), ori({ rs: s0, rt: s0, imm: 0xfff0 }), ori({ rt: s1, imm: 1 })];
const end = [sw({ rs: s0, rt: v0, imm: 8 }), sw({ rs: s0, rt: s1, imm: 4 }), jr({ rs: ra }), 0];
const says = (result: number): number[] => [...begin, addiu({ rt: v0, imm: result }), ...end];
const exits = (number: number, status: number): number[] => [
  addiu({ rt: a0, imm: status }),
  addiu({ rt: v0, imm: number }),
  syscall({}),
];

/** Calls for an open file, with a place in memory. */
const file = (number: number, descriptor: number, size: number): number[] => [
  ...[addiu({ rt: a0, imm: descriptor }), addiu({ rt: a2, imm: size }), addiu({ rt: v0, imm: number }), syscall({})],
];
/** Clears `t0` if a register does not hold a number. */
const differs = (register: number, value: number): number[] => [
  ...[addiu({ rt: t1, imm: value }), subu({ rs: t1, rt: register, rd: t1 }), movn({ rs: 0, rt: t1, rd: t0 })],
];

/** Writes a key, some bytes at a time and across words, and says 1 if the preimage has a length and begins with 16 bits. */
function preimage(kind: number, hash: Uint8Array, length: number, beginning: number): number[] {
  const key = Uint8Array.of(kind, ...hash.subarray(1));
  const words = Array.from({ length: 8 }, (_, index) => new DataView(key.buffer).getUint32(4 * index));
  const store = words.flatMap((word, index) => [
    ...[
      lui({ rt: t0, imm: word >>> 16 }),
      ori({ rs: t0, rt: t0, imm: word & 0xffff }),
      sw({ rs: a1, rt: t0, imm: 4 * index }),
    ],
  ]);
  const next = addu({ rs: a1, rt: v0, rd: a1 });
  const write = [...file(4004, 6, 3), next, ...[...file(4004, 6, 8), next], ...repeat([...file(4004, 6, 4), next], 7)];
  const read = repeat([...file(4003, 5, 7), next], 3);
  return [
    ...[...begin, lui({ rt: a1, imm: 0x3000 }), ...store, ...write, lui({ rt: a1, imm: 0x3100 }), ...read],
    ...[lui({ rt: a1, imm: 0x3100 }), addu({ rs: s1, rd: t0 })],
    ...[lw({ rs: a1, rt: v0 }), ...differs(v0, 0), lw({ rs: a1, rt: v0, imm: 4 }), ...differs(v0, length)],
    ...[lhu({ rs: a1, rt: v0, imm: 8 }), ...differs(v0, beginning), addu({ rs: t0, rd: v0 }), ...end],
  ];
}

function repeat(code: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => code).flat();
}

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
  "add_overflow_panic.bin": [[lui({ rt: v0, imm: 0x8000 }), add({ rs: v0, rt: v0 })], undefined],
  "returns_panic.bin": [says(1), "it does not trap"],
  "calls_panic.bin": [
    [addiu({ rt: v0, imm: 4003 }), addiu({ rt: a0, imm: 9 }), syscall({}), ...end],
    "it does not trap",
  ],
  // Of what no test asks for there is no preimage.
  "asks.bin": [[...file(4003, 5, 4), ...end], "it traps at 0xc: unknown call"],
  "preimage.bin": [preimage(2, keccak_256(utf8ToBytes("hello world")), 11, 0x6865), undefined],
  "precompile.bin": [preimage(6, new Uint8Array(32), 65, 0x0100), undefined],
  "other-preimage.bin": [preimage(2, new Uint8Array(32).fill(1), 11, 0x6865), "it traps at 0x134: unknown call"],
  "files.bin": [
    [...begin, addu({ rs: s1, rd: t0 })].concat(
      ...[
        [4003, 0, 0, 0],
        [4003, 1, 9, 1],
        [4003, 3, 12, 0],
        [4004, 1, 12, 0],
        [4004, 4, 12, 0],
        [4004, 3, 9, 1],
      ].map(([number, descriptor, result, failed]) => [
        ...file(number, descriptor, 12),
        ...[...differs(v0, result), ...differs(a3, failed)],
      ]),
      [addu({ rs: t0, rd: v0 }), ...end],
    ),
    undefined,
  ],
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
    expect(report).to.include({ machine: "mips", passed: 10, failed: 10, skipped: 0 });
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
