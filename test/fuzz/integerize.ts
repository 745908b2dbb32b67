import { skipImmediates } from "../../plugin/machines/wasm/instructions.js";
import { numericEffect } from "../../plugin/machines/wasm/opcodes.js";
import type { Reader } from "../../plugin/machines/wasm/reader.js";
import { signed, vector, unsigned } from "./binary.js";
import { I32, I64, NotPreparable, type Dialect, type Prepared } from "./dialect.js";

/** What stands for each float instruction: integer instructions of the same shape. Divisors are made odd, or half of all runs would end there. */
const REPLACEMENTS: ReadonlyMap<number, readonly number[]> = new Map([
  ...columns(0x5b, [0x46, 0x47, 0x49, 0x4a, 0x4d, 0x4e]), // f32 comparisons
  ...columns(0x61, [0x51, 0x52, 0x54, 0x55, 0x58, 0x59]), // f64 comparisons
  ...columns(0x8b, [0x67, 0x68, 0x69, 0xc0, 0xc1, 0x45]), // f32.abs to f32.nearest
  [0x91, [0x41, 0x01, 0x71, 0x40, 0x00, 0x67]], // f32.sqrt: memory.grow by 0 or 1
  ...columns(0x92, [0x6a, 0x6b, 0x6c]), // f32.add, sub, mul
  [0x95, [0x41, 0x01, 0x72, 0x6d]], // f32.div: i32.div_s
  [0x96, [0x41, 0x01, 0x72, 0x70]], // f32.min: i32.rem_u
  ...columns(0x97, [0x75, 0x77]), // f32.max, copysign
  ...columns(0x99, [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4]), // f64.abs to f64.nearest
  [0x9f, [0x1a, 0x3f, 0x00, 0xad]], // f64.sqrt: memory.size
  ...columns(0xa0, [0x7c, 0x7d, 0x7e]), // f64.add, sub, mul
  [0xa3, [0x42, 0x01, 0x84, 0x7f]], // f64.div: i64.div_s
  [0xa4, [0x42, 0x01, 0x84, 0x82]], // f64.min: i64.rem_u
  ...columns(0xa5, [0x87, 0x89]), // f64.max, copysign
  ...columns(0xa8, [0x01, 0xc0, 0xa7, 0xa7]), // i32.trunc_*
  ...columns(0xae, [0xac, 0xad, 0x01, 0xc4]), // i64.trunc_*
  ...columns(0xb2, [0x01, 0xc1, 0xa7, 0xa7, 0xa7]), // f32.convert_*, demote
  ...columns(0xb7, [0xac, 0xad, 0x01, 0xc2, 0xac]), // f64.convert_*, promote
  ...columns(0xbc, [0x01, 0x01, 0x01, 0x01]), // reinterpretations
]);

/** Loads and stores of floats, by the integer one that stands for them. */
const ACCESSES = new Map([
  [0x2a, 0x28],
  [0x2b, 0x29],
  [0x38, 0x36],
  [0x39, 0x37],
]);

/** A module of the machine's core set: floats become integers of the same width, most of their constants what was folded so far. */
export const INTEGERS: Dialect = { changesTables: false, types: [I32, I64], typeOf: integerType, instruction, fedBack };

/** Gives undefined, and reads nothing, where the next instruction stays what it is. */
function fedBack(reader: Reader, folded: number): Prepared | undefined {
  const opcode = reader.bytes[reader.offset];
  if ((opcode !== 0x43 && opcode !== 0x44) || reader.offset % 3 === 0) return undefined;
  const isLong = opcode === 0x44;
  reader.take(isLong ? 9 : 5);
  return { code: [0x23, ...unsigned(folded), ...(isLong ? [] : [0xa7])], result: undefined };
}

function columns(first: number, opcodes: readonly number[]): [number, readonly number[]][] {
  return opcodes.map((opcode, index) => [first + index, [opcode]]);
}

function integerType(type: number): number {
  if (type === I32 || type === 0x7d) return I32;
  if (type === I64 || type === 0x7c) return I64;
  throw new NotPreparable(`type 0x${type.toString(16)}`);
}

function instruction(reader: Reader): Prepared {
  const start = reader.offset;
  const opcode = reader.byte();
  const replacement = REPLACEMENTS.get(opcode);
  if (replacement !== undefined) return { code: replacement, result: resultType(replacement[replacement.length - 1]) };
  if (opcode === 0x43) return plain(0x41, signed(new DataView(reader.take(4).slice().buffer).getInt32(0, true)));
  if (opcode === 0x44) return plain(0x42, signed(new DataView(reader.take(8).slice().buffer).getBigInt64(0, true)));
  if (opcode >= 0x02 && opcode <= 0x04) return plain(opcode, blockType(reader));
  if (opcode === 0x1c) return plain(opcode, vector(reader.list(() => [integerType(reader.byte())])));
  const integer = ACCESSES.get(opcode) ?? opcode;
  if (!skipImmediates(reader, integer)) throw new NotPreparable(`opcode 0x${opcode.toString(16)}`);
  return { code: [integer, ...reader.bytes.subarray(start + 1, reader.offset)], result: resultType(integer) };
}

function plain(opcode: number, immediates: readonly number[]): Prepared {
  return { code: [opcode, ...immediates], result: undefined };
}

function blockType(reader: Reader): number[] {
  const type = reader.signed();
  if (type >= 0n || type === -64n) return signed(type);
  return [integerType(Number(BigInt.asUintN(7, type)))];
}

/** The type that a load or numeric instruction gives; undefined for others. */
export function resultType(opcode: number): number | undefined {
  if (opcode >= 0x28 && opcode <= 0x35) return opcode === 0x29 || opcode >= 0x30 ? I64 : I32;
  if (numericEffect(opcode) === undefined) return undefined;
  const isLong = (opcode >= 0x79 && opcode <= 0x8a) || opcode === 0xac || opcode === 0xad || opcode >= 0xc2;
  return isLong ? I64 : I32;
}
