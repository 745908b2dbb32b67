import { InvalidModuleError, UnsupportedModuleError } from "./errors.js";
import type { Feature } from "./features.js";
import type { FunctionType, ReferenceType, ValueType } from "./module.js";
import type { Reader } from "./reader.js";

const REFERENCE_TYPES: ReadonlyMap<number, ReferenceType> = new Map([
  [0x70, "funcref"],
  [0x6f, "externref"],
]);

const VALUE_TYPES: ReadonlyMap<number, ValueType> = new Map<number, ValueType>([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  ...REFERENCE_TYPES,
]);

/** Types that the machine does not have, and what brings them. */
const OTHER_TYPES: ReadonlyMap<number, readonly [string, Feature]> = new Map([
  [0x7b, ["v128", "simd"]],
  [0x75, ["nullcontref", "stackSwitching"]],
  [0x74, ["nullexnref", "exceptions"]],
  [0x73, ["nullfuncref", "garbageCollection"]],
  [0x72, ["nullexternref", "garbageCollection"]],
  [0x71, ["nullref", "garbageCollection"]],
  [0x6e, ["anyref", "garbageCollection"]],
  [0x6d, ["eqref", "garbageCollection"]],
  [0x6c, ["i31ref", "garbageCollection"]],
  [0x6b, ["structref", "garbageCollection"]],
  [0x6a, ["arrayref", "garbageCollection"]],
  [0x69, ["exnref", "exceptions"]],
  [0x68, ["contref", "stackSwitching"]],
  [0x67, ["stringref", "strings"]],
  [0x64, ["(ref ...)", "typedReferences"]],
  [0x63, ["(ref null ...)", "typedReferences"]],
]);

/** The immediate of a block without parameters and results. */
const EMPTY_BLOCK = -64n;

/**
 * Reads the type of a value.
 * @throws {UnsupportedModuleError} for a type that the machine does not have.
 */
export function readValueType(reader: Reader): ValueType {
  const code = reader.byte();
  return VALUE_TYPES.get(code) ?? refuse(code, reader.offset - 1);
}

/** As `readValueType`, of references only. */
export function readReferenceType(reader: Reader): ReferenceType {
  const code = reader.byte();
  return REFERENCE_TYPES.get(code) ?? refuse(code, reader.offset - 1);
}

/** Reads what a null is of: in WebAssembly 2.0 the type of a reference, later also the index of a type. */
export function readHeapType(reader: Reader): ReferenceType {
  const { offset } = reader;
  const type = reader.signed();
  if (type >= 0n) {
    throw UnsupportedModuleError.of(`a null of type ${type}`, "typedReferences", offset);
  }
  const code = Number(type + 128n);
  return REFERENCE_TYPES.get(code) ?? refuse(code, offset);
}

/** Reads the immediate of `block`, `loop` or `if`: the index of a type, or below zero a value's type or that there is none. */
export function readBlockType(reader: Reader): bigint {
  const { offset } = reader;
  const type = reader.signed();
  if (type < 0n && type !== EMPTY_BLOCK && !VALUE_TYPES.has(Number(type + 128n))) refuse(Number(type + 128n), offset);
  return type;
}

/** What a block takes and gives: `type` is the immediate of `block`, `loop` or `if`. */
export function blockType(module: { readonly types: readonly FunctionType[] }, type: bigint): FunctionType {
  if (type >= 0n) return module.types[Number(type)];
  const result = VALUE_TYPES.get(Number(type + 128n));
  return { parameters: [], results: result === undefined ? [] : [result] };
}

function refuse(code: number, offset: number): never {
  const known = OTHER_TYPES.get(code);
  if (known === undefined) {
    throw new InvalidModuleError(`no type 0x${code.toString(16)} (at offset 0x${offset.toString(16)})`);
  }
  const [name, feature] = known;
  throw UnsupportedModuleError.of(`values of type ${name}`, feature, offset);
}
