/** A type of WebAssembly's numbers. */
export type NumberType = "i32" | "i64" | "f32" | "f64";

/** A float instruction of WebAssembly, and the function of the library that stands for it. */
export interface FloatOperation {
  /** As opcode; the saturating conversions' second byte with the prefix above it, e.g. `0xfc07`. */
  readonly opcode: number;
  /** The library's export; it takes and gives the floats' bit patterns. */
  readonly name: string;
  readonly parameters: readonly NumberType[];
  readonly result: NumberType;
}

type FloatType = "f32" | "f64";

/** Names of compiler-rt for a type: its mode, and the suffix of libm's functions. */
const MODE = { f32: "sf", f64: "df", i32: "si", i64: "di" } as const;
const SUFFIX = { f32: "f", f64: "" } as const;

const COMPARISONS = ["eq", "ne", "lt", "gt", "le", "ge"];

/** Of libm: those from `abs` on without `neg`, which is compiler-rt's. */
const unaryNames = (type: FloatType): string[] => [
  `fabs${SUFFIX[type]}`,
  `__neg${MODE[type]}2`,
  ...["ceil", "floor", "trunc", "rint", "sqrt"].map((name) => name + SUFFIX[type]),
];

const binaryNames = (type: FloatType): string[] => [
  ...["add", "sub", "mul", "div"].map((name) => `__${name}${MODE[type]}3`),
  `wasm_${type}_min`,
  `wasm_${type}_max`,
  `copysign${SUFFIX[type]}`,
];

/** The opcodes from `first` on, in the order of the names. */
function consecutive(
  first: number,
  names: readonly string[],
  parameters: readonly NumberType[],
  result: NumberType,
): FloatOperation[] {
  return names.map((name, index) => ({ opcode: first + index, name, parameters, result }));
}

/** Both signednesses, the signed one first. */
function toInteger(result: "i32" | "i64", from: FloatType, trapping: number, saturating: number): FloatOperation[] {
  const mode = MODE[from] + MODE[result];
  return [
    ...consecutive(trapping, [`wasm_${result}_trunc_${from}_s`, `wasm_${result}_trunc_${from}_u`], [from], result),
    ...consecutive(saturating, [`__fix${mode}`, `__fixuns${mode}`], [from], result),
  ];
}

function fromInteger(from: "i32" | "i64", result: FloatType, opcode: number): FloatOperation[] {
  const mode = MODE[from] + MODE[result];
  return consecutive(opcode, [`__float${mode}`, `__floatun${mode}`], [from], result);
}

const compare = (type: FloatType): string[] => COMPARISONS.map((name) => `wasm_${type}_${name}`);

/** All float instructions but those that only move bits: constants, loads, stores and reinterpretations. */
export const FLOAT_OPERATIONS: readonly FloatOperation[] = [
  ...consecutive(0x5b, compare("f32"), ["f32", "f32"], "i32"),
  ...consecutive(0x61, compare("f64"), ["f64", "f64"], "i32"),
  ...consecutive(0x8b, unaryNames("f32"), ["f32"], "f32"),
  ...consecutive(0x92, binaryNames("f32"), ["f32", "f32"], "f32"),
  ...consecutive(0x99, unaryNames("f64"), ["f64"], "f64"),
  ...consecutive(0xa0, binaryNames("f64"), ["f64", "f64"], "f64"),
  ...toInteger("i32", "f32", 0xa8, 0xfc00),
  ...toInteger("i32", "f64", 0xaa, 0xfc02),
  ...toInteger("i64", "f32", 0xae, 0xfc04),
  ...toInteger("i64", "f64", 0xb0, 0xfc06),
  ...fromInteger("i32", "f32", 0xb2),
  ...fromInteger("i64", "f32", 0xb4),
  ...consecutive(0xb6, ["__truncdfsf2"], ["f64"], "f32"),
  ...fromInteger("i32", "f64", 0xb7),
  ...fromInteger("i64", "f64", 0xb9),
  ...consecutive(0xbb, ["__extendsfdf2"], ["f32"], "f64"),
];
