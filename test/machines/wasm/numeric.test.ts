import { expect } from "chai";
import fc from "fast-check";

import { isUnary, opcodeName } from "../../../plugin/machines/wasm/opcodes.js";
import { loadWasmProgram } from "../../../plugin/machines/wasm/index.js";
import { assemble } from "./guest.js";

const OPCODES = [...range(0x45, 0x5a), ...range(0x67, 0x8a), 0xa7, 0xac, 0xad, ...range(0xc0, 0xc4)];

const CORNERS = [0n, 1n, 2n, -1n, -2n, 31n, 32n, 33n, 63n, 64n, 127n, 128n, 255n, 32767n, 32768n, 65535n]
  .concat([0x7fffffffn, 0x80000000n, 0xffffffffn, 1n << 32n, (1n << 52n) + 1n, 1n << 53n, (1n << 53n) - 1n, 1n << 54n])
  .concat([(1n << 62n) + 12345n, (1n << 63n) - 1n, 1n << 63n, (1n << 63n) + 1n, 0x123456789abcdefn]);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Types of the operands and the result, from the name. */
function shape(op: number): { operand: "i32" | "i64"; result: "i32" | "i64" } {
  const name = opcodeName(op);
  const type = name.startsWith("i64") ? "i64" : "i32";
  if (op === 0xa7) return { operand: "i64", result: "i32" };
  if (op === 0xac || op === 0xad) return { operand: "i32", result: "i64" };
  return { operand: type, result: op <= 0x5a ? "i32" : type };
}

function moduleText(): string {
  const functions = OPCODES.map((op) => {
    const { operand, result } = shape(op);
    const operands = isUnary(op) ? [0] : [0, 1];
    const get = operands.map((index) => `(local.get ${index})`).join(" ");
    return `(func (export "${opcodeName(op)}") (param ${operands.map(() => operand).join(" ")}) (result ${result}) (${opcodeName(op)} ${get}))`;
  });
  return `(module (func (export "handle")) ${functions.join("\n")})`;
}

type Native = (...args: (number | bigint)[]) => number | bigint;

describe("numeric instructions", () => {
  const bytes = assemble(moduleText());
  const machine = loadWasmProgram(bytes).start();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));

  function native(op: number, args: readonly bigint[]): bigint | "trap" {
    const { operand, result } = shape(op);
    try {
      const values = args.map((arg) => (operand === "i32" ? Number(BigInt.asIntN(32, arg)) : BigInt.asIntN(64, arg)));
      return BigInt.asUintN(result === "i32" ? 32 : 64, BigInt((exports[opcodeName(op)] as Native)(...values)));
    } catch {
      return "trap";
    }
  }

  function ours(op: number, args: readonly bigint[]): bigint | "trap" {
    const end = machine.invoke(opcodeName(op), args, 100);
    return end.kind === "returned" ? end.results[0] : "trap";
  }

  for (const op of OPCODES) {
    it(`${opcodeName(op)} gives what V8 gives`, () => {
      for (const a of CORNERS) {
        for (const b of isUnary(op) ? [0n] : CORNERS) {
          const args = isUnary(op) ? [a] : [a, b];
          expect(ours(op, args), `${a}, ${b}`).to.equal(native(op, args));
        }
      }
      fc.assert(
        fc.property(
          fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
          fc.bigInt({ min: -(1n << 63n), max: 1n << 63n }),
          fc.nat(63),
          (a, b, shift) => {
            const second = b >> BigInt(shift);
            const args = isUnary(op) ? [a] : [a, second];
            expect(ours(op, args)).to.equal(native(op, args));
          },
        ),
        { seed: op, numRuns: 100 },
      );
    });
  }
});
