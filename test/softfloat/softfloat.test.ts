import { expect } from "chai";

import type { NumberType } from "../../plugin/machines/softfloat/operations.js";
import { Random } from "../fuzz/random.js";
import { bitsType, canTrap, checkedOperations, movesBits, type CheckedOperation } from "./checker.js";
import { integerBoundaries, RandomOperands, specials } from "./operands.js";

const RANDOM_PAIRS = 200_000;
const CANONICAL = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n } as const;

const operations = checkedOperations();
const total = operations.filter((operation) => !canTrap(operation));
const trapping = operations.filter(canTrap);

const words = (bits: bigint): [number, number] => [
  Number(BigInt.asIntN(32, bits)),
  Number(BigInt.asIntN(32, bits >> 32n)),
];
const operand = (type: NumberType, bits: bigint): number | bigint =>
  bitsType(type) === "i32" ? Number(BigInt.asIntN(32, bits)) : bits;

function describeCase({ name, native, library, parameters }: CheckedOperation, bits: readonly bigint[]): string {
  const operands = parameters.map((type, index) => operand(type, bits[index]));
  const show = (value: number | bigint): string => BigInt.asUintN(64, BigInt(value)).toString(16);
  return `${name}(${operands.map(show).join(", ")}) is ${show(library(...operands))}, V8 says ${show(native(...operands))}`;
}

function check(operation: CheckedOperation, bits: readonly bigint[]): void {
  const [aLow, aHigh] = words(bits[0]);
  const [bLow, bHigh] = words(bits[1] ?? 0n);
  if (operation.agree(aLow, aHigh, bLow, bHigh) === 0) expect.fail(describeCase(operation, bits));
}

function checkRandom(operation: CheckedOperation, count: number): void {
  const operands = new RandomOperands(new Random(operation.opcode), operation.parameters[0]);
  const [a, b] = [new BigUint64Array(operands.words.buffer, 0, 1), new BigUint64Array(operands.words.buffer, 8, 1)];
  const { words: w } = operands;
  for (let i = 0; i < count; i++) {
    operands.next();
    if (operation.agree(w[0], w[1], w[2], w[3]) === 0) expect.fail(describeCase(operation, [a[0], b[0]]));
  }
}

type Outcome = { readonly value: number | bigint } | "trap";

function outcome(call: () => number | bigint): Outcome {
  try {
    return { value: call() };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return "trap";
    throw error;
  }
}

describe("the software floats, against V8's own instructions", function () {
  this.timeout(60_000);

  for (const operation of total) {
    const { name, parameters } = operation;

    it(`${name} is right to the bit on every pair of special operands`, () => {
      const first = specials(parameters[0]);
      for (const a of first) {
        if (parameters.length === 1) check(operation, [a]);
        else for (const b of first) check(operation, [a, b]);
      }
    });

    it(`${name} is right to the bit on random operands`, () => {
      checkRandom(operation, RANDOM_PAIRS);
    });
  }

  for (const operation of trapping) {
    const [type] = operation.parameters as ["f32" | "f64"];

    it(`${operation.name} traps exactly where V8 does, and is right elsewhere`, () => {
      const random = new RandomOperands(new Random(operation.opcode), type);
      const pattern = new BigUint64Array(random.words.buffer, 0, 1);
      const randoms = Array.from(
        { length: 5_000 },
        () => (random.next(), BigInt.asUintN(type === "f32" ? 32 : 64, pattern[0])),
      );
      let traps = 0;
      for (const bits of [...specials(type), ...integerBoundaries(type), ...randoms]) {
        const given = operand(type, bits);
        const [native, ours] = [outcome(() => operation.native(given)), outcome(() => operation.library(given))];
        expect(ours, bits.toString(16)).to.deep.equal(native);
        if (native === "trap") traps++;
      }
      expect(traps).to.be.greaterThan(500);
    });
  }

  for (const operation of total.filter(({ name }) => name.startsWith("__fix"))) {
    it(`${operation.name} is right beside every integer boundary`, () => {
      for (const bits of integerBoundaries(operation.parameters[0] as "f32" | "f64")) check(operation, [bits]);
    });
  }

  it("gives the canonical NaN whatever NaN it is given", () => {
    for (const { name, library, parameters, result } of total.filter((operation) => !movesBits(operation))) {
      if (parameters[0][0] !== "f" || result[0] !== "f") continue;
      const [signaling, quiet] =
        parameters[0] === "f32" ? [0xff800001n, 0x7fc12345n] : [0xfff0000000000001n, 0x7ff8123456789abcn];
      const one = parameters[0] === "f32" ? 0x3f800000n : 0x3ff0000000000000n;
      for (const pair of [
        [signaling, one],
        [quiet, one],
        [one, signaling],
        [one, quiet],
        [quiet, signaling],
      ]) {
        const operands = pair.slice(0, parameters.length);
        if (operands.length === 1 && operands[0] === one) continue;
        const given = library(...operands.map((bits) => operand(parameters[0], bits)));
        expect(BigInt.asUintN(result === "f32" ? 32 : 64, BigInt(given)), name).to.equal(
          CANONICAL[result as "f32" | "f64"],
        );
      }
    }
  });

  it("moves the bits of a NaN in neg, abs and copysign", () => {
    const moving = operations.filter(movesBits);
    expect(moving.length).to.equal(6);
    for (const { library, native, parameters } of moving) {
      const nan = parameters[0] === "f32" ? operand("f32", 0xff812345n) : operand("f64", 0xfff0000000012345n);
      const operands = parameters.map(() => nan);
      expect(library(...operands)).to.equal(native(...operands));
    }
  });
});
