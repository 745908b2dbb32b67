import { InvalidModuleError, UnsupportedModuleError } from "./errors.js";
import { otherInstruction, skipImmediates } from "./instructions.js";
import type { ConstantExpression } from "./module.js";
import type { Reader } from "./reader.js";
import type { SlotValue } from "./regions.js";
import { readHeapType } from "./valueTypes.js";

const END = 0x0b;

/** Integer instructions that a constant expression may have. */
const BINARY: ReadonlyMap<number, { readonly operator: "add" | "sub" | "mul"; readonly bits: 32 | 64 }> = new Map([
  [0x6a, { operator: "add", bits: 32 }],
  [0x6b, { operator: "sub", bits: 32 }],
  [0x6c, { operator: "mul", bits: 32 }],
  [0x7c, { operator: "add", bits: 64 }],
  [0x7d, { operator: "sub", bits: 64 }],
  [0x7e, { operator: "mul", bits: 64 }],
]);

/**
 * Reads a constant expression.
 * @param imported How many globals are imported: only those may be named.
 * @throws {UnsupportedInstructionError}, {UnsupportedModuleError} or {InvalidModuleError} for what is none.
 */
export function readConstantExpression(reader: Reader, imported: number): ConstantExpression {
  const stack: ConstantExpression[] = [];
  for (;;) {
    const { offset } = reader;
    const opcode = reader.byte();
    if (opcode === END) break;
    const operation = BINARY.get(opcode);
    if (operation === undefined) {
      stack.push(readOperand(reader, opcode, offset, imported));
      continue;
    }
    if (stack.length < 2) throw noConstant(offset);
    const [left, right] = stack.splice(-2);
    stack.push({ kind: "binary", ...operation, left, right });
  }
  if (stack.length !== 1) throw noConstant(reader.offset - 1);
  return stack[0];
}

function readOperand(reader: Reader, opcode: number, offset: number, imported: number): ConstantExpression {
  if (opcode === 0x41) return { kind: "constant", value: BigInt.asUintN(32, reader.signed()) };
  if (opcode === 0x42) return { kind: "constant", value: BigInt.asUintN(64, reader.signed()) };
  if (opcode === 0x43 || opcode === 0x44) {
    return { kind: "constant", value: littleEndian(reader.take(opcode === 0x43 ? 4 : 8)) };
  }
  if (opcode === 0xd0) {
    readHeapType(reader);
    return { kind: "null" };
  }
  if (opcode === 0xd2) return { kind: "function", index: reader.u32() };
  if (opcode === 0x23) return { kind: "global", index: importedGlobal(reader.u32(), offset, imported) };
  if (skipImmediates(reader, opcode)) throw noConstant(offset);
  throw otherInstruction(reader.bytes, offset);
}

function importedGlobal(index: number, offset: number, imported: number): number {
  if (index < imported) return index;
  throw UnsupportedModuleError.of("a constant that names a global of the module itself", "garbageCollection", offset);
}

function noConstant(offset: number): InvalidModuleError {
  return new InvalidModuleError(`constant expression required at offset 0x${offset.toString(16)}`);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

/** What the expression gives, unsigned; `globals` are the values of those that are imported. */
export function evaluate(expression: ConstantExpression, globals: readonly SlotValue[]): SlotValue {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "null":
      return 0n;
    case "function":
      return { function: expression.index };
    case "global":
      return globals[expression.index];
    case "binary": {
      const [left, right] = [evaluateNumber(expression.left, globals), evaluateNumber(expression.right, globals)];
      return BigInt.asUintN(expression.bits, OPERATIONS[expression.operator](left, right));
    }
  }
}

const OPERATIONS: Readonly<Record<"add" | "sub" | "mul", (left: bigint, right: bigint) => bigint>> = {
  add: (left, right) => left + right,
  sub: (left, right) => left - right,
  mul: (left, right) => left * right,
};

/** As `evaluate`, for an expression of a number. */
export function evaluateNumber(expression: ConstantExpression, globals: readonly SlotValue[]): bigint {
  const value = evaluate(expression, globals);
  if (typeof value === "bigint") return value;
  throw new InvalidModuleError(`a number was expected, got function ${value.function}`);
}
