import { FLOAT_OPERATIONS } from "../../softfloat/operations.js";
import type { FunctionBody, FunctionType, GlobalType, ValueType } from "../module.js";
import { PREFIX } from "../opcodes.js";
import type { Reader } from "../reader.js";
import { appendFunctions } from "./appended.js";
import { SoftfloatLinker } from "./linker.js";
import { rewriteBody, signedLeb, unsignedLeb } from "./rewrite.js";

/** The library's function for an instruction, by opcode. */
const FUNCTIONS = new Map(FLOAT_OPERATIONS.map(({ opcode, name }) => [opcode, name]));

/** Instructions that only move bits or change the sign's, with what stands for them. Constants: the sign's bit, and all others. */
const SIMPLE: ReadonlyMap<number, readonly number[]> = new Map([
  ...[0xbc, 0xbd, 0xbe, 0xbf].map((opcode): [number, number[]] => [opcode, []]), // reinterpretations
  [0x8b, [0x41, ...signedLeb(0x7fffffffn), 0x71]], // f32.abs: i32.and
  [0x8c, [0x41, ...signedLeb(-0x80000000n), 0x73]], // f32.neg: i32.xor
  [0x99, [0x42, ...signedLeb(0x7fffffffffffffffn), 0x83]], // f64.abs: i64.and
  [0x9a, [0x42, ...signedLeb(-0x8000000000000000n), 0x85]], // f64.neg: i64.xor
]);

/** Loads and stores, by the integer ones of the same width. */
const ACCESSES: ReadonlyMap<number, number> = new Map([
  [0x2a, 0x28],
  [0x2b, 0x29],
  [0x38, 0x36],
  [0x39, 0x37],
]);

/** Types in the binary format. */
const TYPE_CODES: ReadonlyMap<number, number> = new Map([
  [0x7d, 0x7f],
  [0x7c, 0x7e],
]);

/** Block types as signed numbers. */
const BLOCK_TYPES: ReadonlyMap<bigint, number> = new Map([
  [-3n, 0x7f],
  [-4n, 0x7e],
]);

/** What this pass looks at. Only functions are imported. */
interface ModuleWithFloats {
  readonly types: readonly FunctionType[];
  readonly imports: readonly unknown[];
  readonly functions: readonly number[];
  readonly bodies: readonly FunctionBody[];
  readonly globals: readonly GlobalType[];
}

/**
 * Turns floats into integers of the same width that hold their bits, and instructions on them into calls of a library that is
 * part of the program. What is no number becomes the canonical NaN (`0x7fc00000`, `0x7ff8000000000000`) in every instruction
 * that computes; those that move bits or the sign's bit keep it. A module without floats stays the same object.
 */
export function lowerFloats<M extends ModuleWithFloats>(module: M): M {
  const linker = new SoftfloatLinker(module.imports.length + module.functions.length);
  const bodies = module.bodies.map((body) => lowerBody(body, linker));
  const types = module.types.map(lowerType);
  const hasFloats =
    bodies.some((body, index) => body !== module.bodies[index]) ||
    types.some((type, index) => type !== module.types[index]) ||
    module.globals.some(({ type }) => isFloat(type));
  if (!hasFloats) return module;
  const globals = module.globals.map((global) => ({ ...global, type: integerOf(global.type) }));
  return appendFunctions({ ...module, types, bodies, globals }, linker.finish());
}

function isFloat(type: ValueType): boolean {
  return type === "f32" || type === "f64";
}

function integerOf(type: ValueType): ValueType {
  if (type === "f32") return "i32";
  return type === "f64" ? "i64" : type;
}

/** The type in integers. It stays another type than one that was declared with them. */
function lowerType(type: FunctionType): FunctionType {
  if (![...type.parameters, ...type.results].some(isFloat)) return type;
  return { parameters: type.parameters.map(integerOf), results: type.results.map(integerOf), declared: type };
}

function lowerBody(body: FunctionBody, linker: SoftfloatLinker): FunctionBody {
  const lowered = rewriteBody(body, (opcode, reader) => lowerInstruction(opcode, reader, linker));
  return body.locals.some(isFloat) ? { ...lowered, locals: body.locals.map(integerOf) } : lowered;
}

function lowerInstruction(opcode: number, reader: Reader, linker: SoftfloatLinker): readonly number[] | undefined {
  if (opcode >= 0x02 && opcode <= 0x04) return lowerBlock(opcode, reader.signed());
  if (opcode === 0x1c) return lowerSelect(reader.list(() => reader.byte()));
  if (opcode === 0x43) return [0x41, ...signedLeb(BigInt(viewOf(reader.take(4)).getInt32(0, true)))];
  if (opcode === 0x44) return [0x42, ...signedLeb(viewOf(reader.take(8)).getBigInt64(0, true))];
  const access = ACCESSES.get(opcode);
  if (access !== undefined) return lowerAccess(access, reader);
  const name = FUNCTIONS.get(opcode === PREFIX.misc ? (opcode << 8) | reader.u32() : opcode);
  return SIMPLE.get(opcode) ?? (name === undefined ? undefined : linker.call(name));
}

function lowerBlock(opcode: number, type: bigint): number[] | undefined {
  const code = BLOCK_TYPES.get(type);
  return code === undefined ? undefined : [opcode, code];
}

function lowerSelect(types: readonly number[]): number[] | undefined {
  if (!types.some((type) => TYPE_CODES.has(type))) return undefined;
  return [0x1c, ...unsignedLeb(types.length), ...types.map((type) => TYPE_CODES.get(type) ?? type)];
}

/** The integer access with the alignment and offset of the float's. */
function lowerAccess(opcode: number, reader: Reader): number[] {
  const start = reader.offset;
  reader.u32();
  reader.u64();
  return [opcode, ...reader.bytes.subarray(start, reader.offset)];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
