import { UnsupportedInstructionError } from "./errors.js";
import type { FunctionBody, FunctionType, WasmModule } from "./module.js";
import {
  instructionName,
  isFloatAccess,
  isFloatNumeric,
  isMemoryAccess,
  numericEffect,
  PREFIX,
  remedyFor,
} from "./opcodes.js";
import { Reader } from "./reader.js";

/** Opcodes whose only immediate is one index. */
const WITH_INDEX = new Set([0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0xd2]);
/** Those that mean something else in the core set than in a module: slots of regions and references as slots. */
const OF_LOWERED = new Set([0x25, 0x26, 0xd2]);
const WITHOUT_IMMEDIATES = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b]);

/** Moves the reader past the immediates of `opcode`. Gives false for what is neither in the core set nor lowered to it. */
export function skipImmediates(reader: Reader, opcode: number): boolean {
  if (WITHOUT_IMMEDIATES.has(opcode) || numericEffect(opcode) !== undefined || isFloatNumeric(opcode)) return true;
  if (WITH_INDEX.has(opcode)) reader.u32();
  else if (opcode >= 0x02 && opcode <= 0x04) return isBlockType(reader.signed());
  else if (opcode === 0x0e) {
    reader.list(() => reader.u32());
    reader.u32();
  } else if (opcode === 0x11) {
    reader.u32();
    reader.u32();
  } else if (opcode === 0x1c) return reader.list(() => reader.byte()).every((type) => type <= 0x7f && type >= 0x7c);
  else if (isMemoryAccess(opcode) || isFloatAccess(opcode)) {
    reader.u32();
    reader.u64();
  } else if (opcode === 0x3f || opcode === 0x40) reader.u32();
  else if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if (opcode === 0x43 || opcode === 0x44) reader.take(opcode === 0x43 ? 4 : 8);
  else return opcode === PREFIX.misc && skipPrefixed(reader);
  return true;
}

/** The saturating conversions, and the two bulk instructions that stand for a routine; their memory is the only one. */
function skipPrefixed(reader: Reader): boolean {
  const second = reader.u32();
  if (second < PREFIX.memoryInit) return true;
  if (second !== PREFIX.memoryCopy && second !== PREFIX.memoryFill) return false;
  reader.u32();
  if (second === PREFIX.memoryCopy) reader.u32();
  return true;
}

/** Negative block types are value types as signed numbers: those of numbers, or empty. */
function isBlockType(type: bigint): boolean {
  return type >= -4n || type === -64n;
}

/** What a block takes and gives: `type` is the immediate of `block`, `loop` or `if`. */
export function blockType(module: WasmModule, type: bigint): FunctionType {
  if (type >= 0n) return module.types[Number(type)];
  return { parameters: [], results: type === -64n ? [] : [type === -1n ? "i32" : "i64"] };
}

/**
 * Checks that a body holds nothing but the core set and what is lowered to it.
 * @throws {UnsupportedInstructionError} for the first other instruction.
 */
export function checkBody(body: FunctionBody): void {
  const reader = new Reader(body.bytes, body.start, body.end);
  while (!reader.done) {
    const offset = reader.offset;
    const opcode = reader.byte();
    if (!OF_LOWERED.has(opcode) && skipImmediates(reader, opcode)) continue;
    const name = instructionName(new Reader(body.bytes, offset));
    const typed = opcode <= 0x04 || opcode === 0x1c;
    throw new UnsupportedInstructionError(
      typed ? `${name} of a type that is no number` : name,
      offset,
      remedyFor(opcode),
    );
  }
}
