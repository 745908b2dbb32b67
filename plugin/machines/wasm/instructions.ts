import { InvalidModuleError, UnsupportedInstructionError, UnsupportedModuleError } from "./errors.js";
import { featureOf } from "./features.js";
import { instructionName, isPrefix } from "./instructionNames.js";
import type { FunctionBody } from "./module.js";
import { isFloatAccess, isFloatNumeric, isMemoryAccess, numericEffect, PREFIX } from "./opcodes.js";
import { Reader } from "./reader.js";
import { readBlockType, readHeapType, readValueType } from "./valueTypes.js";

/** Opcodes whose only immediate is one index: jumps, calls, variables, `table.get`, `table.set`, `ref.func`. */
const WITH_INDEX = new Set([0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0xd2]);
const WITHOUT_IMMEDIATES = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]);

/** The highest alignment's bit that says that a memory's index follows. */
const WITH_MEMORY_INDEX = 0x40;

/**
 * Moves the reader past the immediates of `opcode`. Gives false for what is not in the machine's set.
 * @throws {UnsupportedModuleError} for a type or a memory that the machine does not have.
 * @throws {InvalidModuleError} for what is no WebAssembly 2.0.
 */
export function skipImmediates(reader: Reader, opcode: number): boolean {
  if (WITHOUT_IMMEDIATES.has(opcode) || numericEffect(opcode) !== undefined || isFloatNumeric(opcode)) return true;
  if (WITH_INDEX.has(opcode)) reader.u32();
  else if (opcode >= 0x02 && opcode <= 0x04) readBlockType(reader);
  else if (opcode === 0x0e) {
    reader.list(() => reader.u32());
    reader.u32();
  } else if (opcode === 0x11) {
    reader.u32();
    reader.u32();
  } else if (opcode === 0x1c) reader.list(() => readValueType(reader));
  else if (isMemoryAccess(opcode) || isFloatAccess(opcode)) skipMemoryArgument(reader);
  else if (opcode === 0x3f || opcode === 0x40) skipMemory(reader);
  else if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if (opcode === 0x43 || opcode === 0x44) reader.take(opcode === 0x43 ? 4 : 8);
  else if (opcode === 0xd0) readHeapType(reader);
  else return opcode === PREFIX.misc && skipPrefixed(reader);
  return true;
}

function skipPrefixed(reader: Reader): boolean {
  const second = reader.u32();
  if (second < PREFIX.memoryInit) return true;
  if (second > PREFIX.tableFill) return false;
  if (second !== PREFIX.memoryCopy && second !== PREFIX.memoryFill) reader.u32();
  if (second === PREFIX.tableInit || second === PREFIX.tableCopy) reader.u32();
  if (second >= PREFIX.memoryInit && second <= PREFIX.memoryFill && second !== PREFIX.dataDrop) skipMemory(reader);
  if (second === PREFIX.memoryCopy) skipMemory(reader);
  return true;
}

function skipMemoryArgument(reader: Reader): void {
  const { offset } = reader;
  if (reader.u32() >= WITH_MEMORY_INDEX) throw otherMemory(offset);
  reader.u32();
}

/** The memory's index, which in WebAssembly 2.0 is a byte that must be 0. */
function skipMemory(reader: Reader): void {
  const byte = reader.byte();
  if (byte >= 0x80) throw new InvalidModuleError(`zero byte expected at offset ${reader.offset - 1}`);
  if (byte !== 0) throw otherMemory(reader.offset - 1);
}

function otherMemory(offset: number): UnsupportedModuleError {
  return UnsupportedModuleError.of("several memories, of which one is named", "multiMemory", offset);
}

/**
 * Checks that a body holds nothing but the core set and what is lowered to it.
 * @throws {UnsupportedInstructionError} for the first other instruction.
 */
export function checkBody(body: FunctionBody): void {
  const reader = new Reader(body.bytes, body.start, body.end);
  while (!reader.done) {
    const { offset } = reader;
    if (!skipImmediates(reader, reader.byte())) throw otherInstruction(body.bytes, offset);
  }
}

/** What is wrong with an instruction that is not in the machine's set. */
export function otherInstruction(bytes: Uint8Array, offset: number): UnsupportedInstructionError | InvalidModuleError {
  const reader = new Reader(bytes, offset);
  const opcode = reader.byte();
  const feature = featureOf(opcode, isPrefix(opcode) ? reader.u32() : 0);
  const name = instructionName(new Reader(bytes, offset));
  if (feature !== undefined) return new UnsupportedInstructionError(name, offset, feature);
  return new InvalidModuleError(`${name} where WebAssembly 2.0 has none (at offset 0x${offset.toString(16)})`);
}
