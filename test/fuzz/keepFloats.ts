import { FLOAT_OPERATIONS, type NumberType } from "../../plugin/machines/softfloat/operations.js";
import { skipImmediates } from "../../plugin/machines/wasm/instructions.js";
import type { Reader } from "../../plugin/machines/wasm/reader.js";
import { signed, unsigned } from "./binary.js";
import { F32, F64, I32, I64, NotPreparable, type Dialect, type Prepared } from "./dialect.js";
import { resultType } from "./integerize.js";

const CODES: Readonly<Record<NumberType, number>> = { i32: I32, i64: I64, f32: F32, f64: F64 };

/** Types of results, by opcode: of the library's operations, reinterpretations and loads. */
const RESULTS: ReadonlyMap<number, number> = new Map([
  ...FLOAT_OPERATIONS.map(({ opcode, result }): [number, number] => [opcode, CODES[result]]),
  ...[I32, I64, F32, F64].map((type, index): [number, number] => [0xbc + index, type]),
  [0x2a, F32],
  [0x2b, F64],
]);

/** The sign, the fraction and the last three bits of the exponent, and an exponent near that of 1. */
const NEAR_ONE = { keep: -0x7f80000000000001n, set: 0x3fc0000000000000n } as const;

/** A module with its floats as they are. Most conversions saturate, since nearly all of what comes up would trap. */
export const FLOATS: Dialect = { changesTables: false, types: [I32, I64, F32, F64], typeOf, instruction, fedBack };

function typeOf(type: number): number {
  if (FLOATS.types.includes(type)) return type;
  throw new NotPreparable(`type 0x${type.toString(16)}`);
}

function instruction(reader: Reader): Prepared {
  const start = reader.offset;
  const opcode = reader.byte();
  if (!skipImmediates(reader, opcode)) throw new NotPreparable(`opcode 0x${opcode.toString(16)}`);
  const result = RESULTS.get(opcode) ?? resultType(opcode);
  const saturating = saturatingOf(opcode);
  if (saturating !== undefined && start % 8 !== 0) return { code: [0xfc, saturating], result };
  return { code: [...reader.bytes.subarray(start, reader.offset)], result };
}

/** Second byte of the saturating conversion for a trapping one. */
function saturatingOf(opcode: number): number | undefined {
  if (opcode >= 0xa8 && opcode <= 0xab) return opcode - 0xa8;
  return opcode >= 0xae && opcode <= 0xb1 ? opcode - 0xae + 4 : undefined;
}

/** A third of the constants stay, a third become any bits, a third a number near 1, so that sums and products round. */
function fedBack(reader: Reader, folded: number): Prepared | undefined {
  const opcode = reader.bytes[reader.offset];
  const kind = reader.offset % 3;
  if ((opcode !== 0x43 && opcode !== 0x44) || kind === 0) return undefined;
  reader.take(opcode === 0x44 ? 9 : 5);
  const nearOne = [0x42, ...signed(NEAR_ONE.keep), 0x83, 0x42, ...signed(NEAR_ONE.set), 0x84];
  const value = [0x23, ...unsigned(folded), ...(kind === 1 ? nearOne : []), 0xbf];
  if (opcode === 0x44) return { code: value, result: undefined };
  return { code: kind === 1 ? [...value, 0xb6] : [0x23, ...unsigned(folded), 0xa7, 0xbe], result: undefined };
}
