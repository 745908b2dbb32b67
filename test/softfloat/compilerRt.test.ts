import { expect } from "chai";

import { bitsType, libraryInstance } from "./checker.js";
import { specialFloats } from "./operands.js";

const library = libraryInstance();
const VIEW = new DataView(new ArrayBuffer(8));

function numberOf(type: "f32" | "f64", bits: bigint): number {
  VIEW.setBigUint64(0, bits);
  return type === "f32" ? VIEW.getFloat32(4) : VIEW.getFloat64(0);
}

/** What compiler-rt's comparisons give, `unordered` being for NaN. */
function order(a: number, b: number, unordered: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return unordered;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** C's fmin (`sign` 1) and fmax (-1). */
function extreme(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? b : a;
  return sign * Math.min(sign * a, sign * b);
}

const MODES = [
  ["f32", "sf", "f"],
  ["f64", "df", ""],
] as const;

describe("the software floats under the names that other compilers call", () => {
  for (const [type, mode, suffix] of MODES) {
    const pairs = specialFloats(type).flatMap((a) => specialFloats(type).map((b) => [a, b] as const));
    const operand = (bits: bigint): number | bigint =>
      bitsType(type) === "i32" ? Number(BigInt.asIntN(32, bits)) : bits;
    const call = (name: string, a: bigint, b: bigint): number | bigint => library[name](operand(a), operand(b));

    it(`compares ${type} as compiler-rt does`, () => {
      for (const [a, b] of pairs) {
        const [x, y] = [numberOf(type, a), numberOf(type, b)];
        for (const name of ["lt", "le"]) expect(call(`__${name}${mode}2`, a, b)).to.equal(order(x, y, 1));
        for (const name of ["gt", "ge"]) expect(call(`__${name}${mode}2`, a, b)).to.equal(order(x, y, -1));
        for (const name of ["eq", "ne"]) expect(call(`__${name}${mode}2`, a, b) === 0).to.equal(x === y);
        expect(call(`__unord${mode}2`, a, b)).to.equal(Number(Number.isNaN(x) || Number.isNaN(y)));
      }
    });

    it(`gives of two ${type} the number, if one of them is none, in fmin${suffix} and fmax${suffix}`, () => {
      for (const [a, b] of pairs) {
        for (const [name, sign] of [
          ["fmin", 1],
          ["fmax", -1],
        ] as const) {
          const given = numberOf(type, BigInt.asUintN(type === "f32" ? 32 : 64, BigInt(call(name + suffix, a, b))));
          expect(Object.is(given, extreme(numberOf(type, a), numberOf(type, b), sign)), `${name} ${a} ${b}`).to.equal(
            true,
          );
        }
      }
    });
  }
});
