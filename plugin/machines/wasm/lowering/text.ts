import type { FunctionType, ValueType } from "../module.js";
import { isMemoryAccess, opcodeName } from "../opcodes.js";
import type { TrapCause } from "../../traps.js";
import type { AppendedFunction } from "./appended.js";
import { signedLeb, unsignedLeb } from "./rewrite.js";

const OPCODES = new Map(Array.from({ length: 0xc5 }, (_, opcode) => [opcodeName(opcode), opcode]));

/** Instructions with one number behind them. */
const WITH_NUMBER = /const$|^br|^local|^global|^table/;

/**
 * A function of instructions in text, of which only constants, indices and empty block types have immediates.
 * @param trap What its `unreachable` means.
 */
export function functionOf(
  type: FunctionType,
  locals: readonly ValueType[],
  trap: TrapCause,
  text: string,
): AppendedFunction {
  const bytes = Uint8Array.from(assembleText(`${text} end`));
  return { type, body: { bytes, locals, start: 0, end: bytes.length, trap } };
}

function assembleText(text: string): number[] {
  const words = text.trim().split(/\s+/)[Symbol.iterator]();
  const bytes: number[] = [];
  for (const word of words) {
    const opcode = OPCODES.get(word);
    if (opcode === undefined) throw new Error(`no instruction ${word}`);
    bytes.push(opcode);
    if (opcode >= 0x02 && opcode <= 0x04) bytes.push(0x40);
    else if (isMemoryAccess(opcode)) bytes.push(0, 0);
    else if (opcode === 0x3f) bytes.push(0);
    else if (WITH_NUMBER.test(word)) bytes.push(...number(opcode, BigInt(String(words.next().value))));
  }
  return bytes;
}

/** Constants are signed, indices are not. */
function number(opcode: number, value: bigint): number[] {
  if (opcode === 0x41 || opcode === 0x42) return signedLeb(value);
  return unsignedLeb(Number(value));
}
