import { softfloatLibrary } from "../../plugin/machines/softfloat/library.js";
import { FLOAT_OPERATIONS, type FloatOperation, type NumberType } from "../../plugin/machines/softfloat/operations.js";
import { assembleModule, named, sized, unsigned, vector } from "../fuzz/binary.js";

const CODE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
const REINTERPRET = { i32: [], i64: [], f32: [0xbe], f64: [0xbf] } as const;
const TO_BITS = { i32: [], i64: [], f32: [0xbc], f64: [0xbd] } as const;
const NOT_EQUAL = { i32: 0x47, i64: 0x52 } as const;
const [F32_NE, F64_NE] = [0x5c, 0x62];

/** The integer type of a type's bits. */
export function bitsType(type: NumberType): "i32" | "i64" {
  return type === "i32" || type === "f32" ? "i32" : "i64";
}

/** Takes and gives bit patterns. */
export type BitsFunction = (...operands: (number | bigint)[]) => number | bigint;

/** A float operation on V8's own instructions and in the library; operands are bit patterns, cut into words of 32 bits, low ones first. */
export interface CheckedOperation extends FloatOperation {
  /** Whether both give the same; traps where V8 does. NaNs of V8 count as the canonical one unless the operation moves bits. */
  readonly agree: (aLow: number, aHigh: number, bLow: number, bHigh: number) => number;
  /** What V8 gives, NaNs as they come. */
  readonly native: BitsFunction;
  readonly library: BitsFunction;
}

/** The compiled library's own functions, by name. */
export function libraryInstance(): Record<string, BitsFunction> {
  return new WebAssembly.Instance(new WebAssembly.Module(softfloatLibrary())).exports as never;
}

/** All operations of the library, beside V8's. */
export function checkedOperations(): CheckedOperation[] {
  const library = libraryInstance();
  const module = new WebAssembly.Module(checkerModule());
  const { exports } = new WebAssembly.Instance(module, { library });
  return FLOAT_OPERATIONS.map((operation) => ({
    ...operation,
    agree: exports[`agree_${operation.name}`] as CheckedOperation["agree"],
    native: exports[`native_${operation.name}`] as BitsFunction,
    library: library[operation.name],
  }));
}

/** For each operation, an import of the library's, a function with V8's instruction, and one that compares the two. */
function checkerModule(): Uint8Array {
  const types: number[][] = [[0x60, ...sized([CODE.i32, CODE.i32, CODE.i32, CODE.i32]), ...sized([CODE.i32])]];
  const typeIndices = FLOAT_OPERATIONS.map(({ parameters, result }) => {
    const bits = parameters.map((type) => CODE[bitsType(type)]);
    return types.push([0x60, ...sized(bits), ...sized([CODE[bitsType(result)]])]) - 1;
  });
  const count = FLOAT_OPERATIONS.length;
  const each = <T>(give: (operation: FloatOperation, index: number) => T): T[] => FLOAT_OPERATIONS.map(give);
  return assembleModule(
    new Map(
      Object.entries({
        1: vector(types),
        2: vector(
          each(({ name }, index) => [...named("library"), ...named(name), 0x00, ...unsigned(typeIndices[index])]),
        ),
        3: vector([...each((_, index) => unsigned(typeIndices[index])), ...each(() => [0x00])]),
        7: vector([
          ...each(({ name }, index) => [...named(`native_${name}`), 0x00, ...unsigned(count + index)]),
          ...each(({ name }, index) => [...named(`agree_${name}`), 0x00, ...unsigned(2 * count + index)]),
        ]),
        10: vector([
          ...each((operation) => sized(nativeBody(operation))),
          ...each((operation, index) => sized(agreeBody(operation, index))),
        ]),
      }).map(([kind, content]) => [Number(kind), Uint8Array.from(content)]),
    ),
  );
}

/** The opcode's bytes. */
function opcodeBytes({ opcode }: FloatOperation): number[] {
  return opcode > 0xff ? [opcode >> 8, opcode & 0xff] : [opcode];
}

function nativeBody(operation: FloatOperation): number[] {
  const operands = operation.parameters.flatMap((type, index) => [0x20, index, ...REINTERPRET[type]]);
  return [0x00, ...operands, ...opcodeBytes(operation), ...TO_BITS[operation.result], 0x0b];
}

/** Locals: four words, then the native result as it is. */
function agreeBody(operation: FloatOperation, index: number): number[] {
  const { parameters, result } = operation;
  const bits = parameters.flatMap((type, place) => wordsToBits(type, 2 * place));
  const operands = parameters.flatMap((type, place) => [...wordsToBits(type, 2 * place), ...REINTERPRET[type]]);
  const native = [...operands, ...opcodeBytes(operation), 0x21, 4];
  return [
    ...vector([[0x01, CODE[result]]]),
    ...native,
    ...[...bits, 0x10, ...unsigned(index)],
    ...(movesBits(operation) ? [0x20, 4, ...TO_BITS[result]] : canonicalBits(result)),
    NOT_EQUAL[bitsType(result)],
    0x45,
    0x0b,
  ];
}

function wordsToBits(type: NumberType, local: number): number[] {
  if (bitsType(type) === "i32") return [0x20, local];
  return [0x20, local, 0xad, 0x20, local + 1, 0xad, 0x42, 32, 0x86, 0x84];
}

/** Local 4's bits, the canonical NaN's for any NaN. */
function canonicalBits(type: NumberType): number[] {
  if (type === "i32" || type === "i64") return [0x20, 4];
  const nan = type === "f32" ? [0x43, 0x00, 0x00, 0xc0, 0x7f] : [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
  const isNan = [0x20, 4, 0x20, 4, type === "f32" ? F32_NE : F64_NE];
  return [...nan, 0x20, 4, ...isNan, 0x1b, ...TO_BITS[type]];
}

/** Whether the operation gives its operand's bits, the sign's apart, also where it is no number. */
export function movesBits({ name }: FloatOperation): boolean {
  return /^(fabs|copysign|__neg)/.test(name);
}

/** Whether it traps for what has no integer. */
export function canTrap({ name }: FloatOperation): boolean {
  return name.includes("_trunc_");
}
