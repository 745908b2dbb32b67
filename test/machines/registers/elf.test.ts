import { expect } from "chai";

import { InvalidElfError } from "../../../plugin/machines/registers/elf.js";
import { loadRiscvProgram } from "../../../plugin/machines/riscv/index.js";
import { PC } from "../../../plugin/machines/riscv/stepper.js";
import { bytesOf, call, TEXT, WAIT } from "../riscv/assemble.js";
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
    ["that begins between instructions", elfFile({ ...GOOD, entry: TEXT + 2 }), "multiple of 4"],
  ];
  for (const [what, bytes, said] of refusals) {
    it(`${what} is refused`, () => {
      expect(() => loadRiscvProgram(bytes)).to.throw(what.includes("between") ? Error : InvalidElfError, said);
    });
  }
});
