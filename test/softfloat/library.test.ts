import { expect } from "chai";

import { softfloatLibrary, TRAP_CAUSES } from "../../plugin/machines/softfloat/library.js";
import { FLOAT_OPERATIONS } from "../../plugin/machines/softfloat/operations.js";
import { parseModule } from "../../plugin/machines/wasm/parse.js";
import { Reader } from "../../plugin/machines/wasm/reader.js";
import { libraryInstance } from "./checker.js";

/** Types, functions, exports and code. */
const SECTIONS = [1, 3, 7, 10];

/** Control, locals, constants and integer instructions; no memory, tables, globals or floats. */
const ALLOWED = [
  [0x00, 0x10],
  [0x1a, 0x1b],
  [0x20, 0x22],
  [0x41, 0x42],
  [0x45, 0x5a],
  [0x67, 0x8a],
  [0xa7, 0xa7],
  [0xac, 0xad],
] as const;

function sections(bytes: Uint8Array): Map<number, Reader> {
  const reader = new Reader(bytes, 8);
  const found = new Map<number, Reader>();
  while (!reader.done) {
    const [id, size] = [reader.byte(), reader.u32()];
    found.set(id, new Reader(bytes, reader.offset, reader.offset + size));
    reader.offset += size;
  }
  return found;
}

/** Reads one instruction of the allowed ones. */
function instruction(reader: Reader): number {
  const opcode = reader.byte();
  expect(
    ALLOWED.some(([first, last]) => first <= opcode && opcode <= last),
    `opcode 0x${opcode.toString(16)}`,
  ).to.equal(true);
  if (opcode === 0x0e) reader.list(() => reader.u32());
  if (opcode >= 0x02 && opcode <= 0x04) reader.signed();
  else if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if ((opcode >= 0x0c && opcode <= 0x10 && opcode !== 0x0f) || (opcode & 0xf0) === 0x20) reader.u32();
  return opcode;
}

describe("the library of software floats", () => {
  it("has functions of integers only, without memory, tables, globals and imports", () => {
    const found = sections(softfloatLibrary());
    expect([...found.keys()]).to.deep.equal(SECTIONS);
    const types = found.get(1)!;
    types.list(() => {
      expect(types.byte()).to.equal(0x60);
      for (const type of [...types.list(() => types.byte()), ...types.list(() => types.byte())]) {
        expect(type).to.be.oneOf([0x7f, 0x7e]);
      }
    });
    const code = found.get(10)!;
    code.list(() => {
      const end = code.u32() + code.offset;
      code.list(() => {
        code.u32();
        expect(code.byte()).to.be.oneOf([0x7f, 0x7e]);
      });
      while (code.offset < end) instruction(code);
      expect(code.offset).to.equal(end);
    });
  });

  it("exports a function for every float operation, and those that tell why a conversion traps", () => {
    const names = Object.keys(libraryInstance());
    for (const { name } of FLOAT_OPERATIONS) expect(names).to.include(name);
    for (const [name] of TRAP_CAUSES) expect(names).to.include(name);
    const { exports } = parseModule(softfloatLibrary());
    expect(new Set(TRAP_CAUSES.map(([name]) => exports.functions.get(name))).size).to.equal(TRAP_CAUSES.length);
  });

  it("has one function for each float instruction that does more than move bits", () => {
    expect(new Set(FLOAT_OPERATIONS.map(({ opcode }) => opcode)).size).to.equal(FLOAT_OPERATIONS.length);
    expect(FLOAT_OPERATIONS.length).to.equal(12 + 28 + 16 + 10);
  });
});
