import { expect } from "chai";

import { RollupError } from "../../../plugin/errors.js";
import { InvalidElfError, parseElf } from "../../../plugin/machines/registers/elf.js";
import { loadRiscvProgram } from "../../../plugin/machines/riscv/index.js";
import { PC } from "../../../plugin/machines/riscv/stepper.js";
import { bytesOf, call, TEXT, WAIT } from "../riscv/assemble.js";
import { Random } from "../wasm/twins.js";
import { elfFile } from "./elfFile.js";

const CODE = bytesOf(call(WAIT));
const text = { address: TEXT, data: CODE, size: CODE.length };
const GOOD = { entry: TEXT, segments: [text] };

describe("An ELF file", () => {
  it("is put in memory with all its segments, wherever they lie, and begins at its entry", () => {
    const high = { address: 0xfffffff0, data: Uint8Array.from({ length: 7 }, (_, index) => index + 1), size: 16 };
    const machine = loadRiscvProgram(elfFile({ entry: TEXT, segments: [text, high] })).load();
    expect(machine.registers[PC]).to.equal(TEXT);
    expect(machine.memory.read(TEXT, CODE.length)).to.deep.equal(CODE);
    expect([...machine.memory.read(0xffffffef, 17)]).to.deep.equal([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      ...Array<number>(9).fill(0),
    ]);
  });

  it("may have segments at any addresses, side by side, empty ones, and megabytes of zeros", () => {
    const [low, high] = [0x80000001, 0x80000001 + CODE.length];
    const segments = [
      { address: low, data: CODE, size: CODE.length },
      { address: high, data: Uint8Array.of(9, 8, 7), size: 2 ** 28 },
      { address: high, data: new Uint8Array(), size: 0 },
      text,
    ];
    const { memory } = loadRiscvProgram(elfFile({ entry: TEXT, segments })).start();
    expect(memory.read(low, CODE.length)).to.deep.equal(CODE);
    expect([...memory.read(high, 4)]).to.deep.equal([9, 8, 7, 0]);
  });

  it("that begins where none of its segments is, is refused with what happens there", () => {
    const program = loadRiscvProgram(elfFile({ ...GOOD, entry: 0x70000000 }));
    expect(() => program.start())
      .to.throw(RollupError, "wait")
      .with.property("code", "GENESIS_FAILED");
  });

  it("with any bytes of it changed is read, with segments that are in it, or refused by a typed error", () => {
    const random = new Random(58);
    const original = elfFile({ entry: TEXT, segments: [text, { address: 0x90000000, data: CODE, size: 100 }] });
    const headers = 120;
    const codes = new Set<string>();
    for (let round = 0; round < 5000; round++) {
      const bytes = original.slice(0, random.below(20) === 0 ? random.below(original.length) : original.length);
      for (let change = random.below(4); change >= 0; change--) {
        const at = random.below(random.below(3) === 0 ? original.length : headers);
        if (at < bytes.length)
          bytes[at] = random.below(2) === 0 ? random.below(256) : [0, 1, 2, 128, 255][random.below(5)];
      }
      try {
        const { segments } = parseElf(bytes, { name: "riscv32", machine: 243, littleEndian: true });
        for (const { address, data, size } of segments) {
          expect(data.length).to.be.within(0, size);
          expect(address + size).to.be.within(0, 2 ** 32);
        }
        codes.add("read");
      } catch (error) {
        expect(error).to.be.instanceOf(RollupError);
        codes.add((error as RollupError).code);
      }
    }
    expect([...codes].sort()).to.deep.equal(["ELF_INVALID", "read"]);
  });

  const good = elfFile(GOOD);
  const changed = (at: number, value: number): Uint8Array =>
    Uint8Array.from(good, (byte, i) => (i === at ? value : byte));
  const refusals: readonly (readonly [string, Uint8Array, string])[] = [
    ["of another format", new Uint8Array(100), "no ELF file"],
    ["that ends in its header", good.subarray(0, 51), "a header of 51 bytes"],
    ["of 64 bits", changed(4, 2), "another width"],
    ["of the other byte order", elfFile({ ...GOOD, littleEndian: false }), "the other byte order"],
    ["that is linked dynamically", elfFile({ ...GOOD, kind: 3 }), "a dynamically linked program"],
    ["that is no executable", elfFile({ ...GOOD, type: 3 }), "a file of type 3"],
    ["for another machine", elfFile({ ...GOOD, machine: 8 }), "a program for machine 8"],
    ["whose headers are not in it", changed(30, 1), "program headers past the file's end"],
    ["whose segment is not in it", good.subarray(0, good.length - 1), "a segment past the file's end"],
    [
      "whose segment is longer than its place",
      elfFile({ ...GOOD, segments: [{ ...text, size: 4 }] }),
      "longer in the file",
    ],
    [
      "whose segment is past the end",
      elfFile({ ...GOOD, segments: [{ ...text, size: 0xffffffff }] }),
      "past the end of memory",
    ],
    ["of no segments", elfFile({ ...GOOD, kind: 0 }), "a program of no segments"],
    [
      "whose segments overlap, if only by zeros",
      elfFile({
        ...GOOD,
        segments: [
          { ...text, address: TEXT + 2 ** 20 },
          { ...text, size: 2 ** 20 + 1 },
        ],
      }),
      "segments that overlap at 0x110000",
    ],
    ["that begins between instructions", elfFile({ ...GOOD, entry: TEXT + 2 }), "multiple of 4"],
  ];
  for (const [what, bytes, said] of refusals) {
    it(`${what} is refused`, () => {
      expect(() => loadRiscvProgram(bytes)).to.throw(what.includes("between") ? Error : InvalidElfError, said);
    });
  }
});
