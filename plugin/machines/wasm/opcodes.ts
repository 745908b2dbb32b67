import type { Reader } from "./reader.js";

/** How many operands an instruction of the core set pops and pushes, where that does not depend on the module. */
export interface StackEffect {
  readonly pops: number;
  readonly pushes: number;
}

const CONTROL =
  "unreachable nop block loop if else try catch throw rethrow throw_ref end br br_if br_table return".split(" ");
const CALLS = "call call_indirect return_call return_call_indirect call_ref return_call_ref".split(" ");
const VARIABLES = "local.get local.set local.tee global.get global.set table.get table.set".split(" ");
const MEMORY = [
  ..."i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u".split(" "),
  ..."i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u".split(" "),
  ..."i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32".split(" "),
  ..."memory.size memory.grow i32.const i64.const f32.const f64.const".split(" "),
];
const COMPARISONS = "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(" ");
const FLOAT_COMPARISONS = "eq ne lt gt le ge".split(" ");
const INTEGER = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr".split(" ");
const FLOAT = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign".split(" ");
const CONVERSIONS = [
  ..."i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s".split(" "),
  ..."i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s".split(" "),
  ..."f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u".split(
    " ",
  ),
  ..."f64.convert_i64_s f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64".split(" "),
  ..."f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s".split(
    " ",
  ),
];
const prefixed = (type: string, names: readonly string[]): string[] => names.map((name) => `${type}.${name}`);

/** Names by opcode. */
const NAMES: ReadonlyMap<number, string> = new Map([
  ...numbered(0x00, CONTROL),
  ...numbered(0x10, CALLS),
  ...numbered(0x1a, ["drop", "select", "select"]),
  [0x1f, "try_table"],
  ...numbered(0x20, VARIABLES),
  ...numbered(0x28, MEMORY),
  ...numbered(0x45, [
    ...prefixed("i32", COMPARISONS),
    ...prefixed("i64", COMPARISONS),
    ...prefixed("f32", FLOAT_COMPARISONS),
    ...prefixed("f64", FLOAT_COMPARISONS),
    ...prefixed("i32", INTEGER),
    ...prefixed("i64", INTEGER),
    ...prefixed("f32", FLOAT),
    ...prefixed("f64", FLOAT),
    ...CONVERSIONS,
  ]),
  ...numbered(0xd0, "ref.null ref.is_null ref.func ref.eq ref.as_non_null br_on_null br_on_non_null".split(" ")),
]);

const BULK_NAMES = [
  ..."i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u".split(" "),
  ..."i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u".split(" "),
  ..."memory.init data.drop memory.copy memory.fill table.init elem.drop table.copy table.grow table.size table.fill".split(
    " ",
  ),
];

/** Where the prefix of saturating conversions and bulk memory is, the first that is no conversion, and two that are lowered. */
export const PREFIX = { misc: 0xfc, memoryInit: 0x08, memoryCopy: 0x0a, memoryFill: 0x0b } as const;

function numbered(first: number, names: readonly string[]): [number, string][] {
  return names.map((name, index) => [first + index, name]);
}

/** The name of the core opcode, e.g. `i32.add`. */
export function opcodeName(opcode: number): string {
  return NAMES.get(opcode) ?? `opcode 0x${opcode.toString(16)}`;
}

/** The name of the instruction at the reader, prefixed ones included. Reads its opcode. */
export function instructionName(reader: Reader): string {
  const opcode = reader.byte();
  if (opcode < 0xfb) return opcodeName(opcode);
  const second = reader.u32();
  if (opcode === PREFIX.misc && second < BULK_NAMES.length) return BULK_NAMES[second];
  const family = { 0xfb: "gc", 0xfc: "misc", 0xfd: "v128", 0xfe: "atomic" }[opcode] ?? "prefix";
  return `${family} instruction 0x${second.toString(16)}`;
}

/** What the author of a guest can do about an instruction that the machine does not have. */
export function remedyFor(opcode: number): string {
  if (opcode === PREFIX.misc) {
    return "compile without bulk memory (asc: --disable bulk-memory, clang and rustc: -mno-bulk-memory or -C target-feature=-bulk-memory)";
  }
  if (opcode === 0xfd) return "compile without SIMD (asc: --disable simd, clang: -mno-simd128)";
  if (opcode === 0xfe) return "compile without threads (asc: --disable threads, clang: -mno-atomics)";
  if (opcode === 0x12 || opcode === 0x13) return "compile without tail calls (clang: -mno-tail-call)";
  if ((opcode >= 0x06 && opcode <= 0x0a) || opcode === 0x1f)
    return "compile without exceptions (clang: -fno-exceptions)";
  if (opcode === 0x25 || opcode === 0x26 || (opcode >= 0xd0 && opcode <= 0xd2)) {
    return "compile without reference types (clang: -mno-reference-types)";
  }
  return "compile for the WebAssembly MVP (clang: -mcpu=mvp)";
}

/** Whether the opcode is a numeric instruction that takes or gives floats. */
export function isFloatNumeric(opcode: number): boolean {
  const computes = (opcode >= 0x5b && opcode <= 0x66) || (opcode >= 0x8b && opcode <= 0xa6);
  const converts = opcode >= 0xa8 && opcode <= 0xbf && opcode !== 0xac && opcode !== 0xad;
  return computes || converts;
}

/** Whether the opcode is a load or store of floats. */
export function isFloatAccess(opcode: number): boolean {
  return opcode === 0x2a || opcode === 0x2b || opcode === 0x38 || opcode === 0x39;
}

/** Whether the opcode is a load or store of the core set. */
export function isMemoryAccess(opcode: number): boolean {
  return opcode >= 0x28 && opcode <= 0x3e && !isFloatAccess(opcode);
}

export function isStore(opcode: number): boolean {
  return opcode >= 0x36;
}

/** Bytes that a load or store of the core set touches. */
export function accessSize(opcode: number): number {
  const name = opcodeName(opcode);
  const narrow = /(?:load|store)(8|16|32)/.exec(name);
  return narrow === null ? (name.startsWith("i32") ? 4 : 8) : Number(narrow[1]) / 8;
}

/** The effect of a numeric instruction of the core set, undefined for every other opcode. */
export function numericEffect(opcode: number): StackEffect | undefined {
  if (isUnary(opcode)) return { pops: 1, pushes: 1 };
  const binary = (opcode >= 0x46 && opcode <= 0x5a) || (opcode >= 0x6a && opcode <= 0x8a);
  return binary ? { pops: 2, pushes: 1 } : undefined;
}

/** Whether a numeric instruction of the core set takes one operand. */
export function isUnary(opcode: number): boolean {
  const counts = (opcode >= 0x67 && opcode <= 0x69) || (opcode >= 0x79 && opcode <= 0x7b);
  const conversions = opcode === 0xa7 || opcode === 0xac || opcode === 0xad || (opcode >= 0xc0 && opcode <= 0xc4);
  return opcode === 0x45 || opcode === 0x50 || counts || conversions;
}
