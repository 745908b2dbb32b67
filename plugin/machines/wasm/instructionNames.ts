import type { Reader } from "./reader.js";

const words = (text: string): string[] => text.trim().split(/\s+/);
const prefixed = (type: string, names: string): string[] => words(names).map((name) => `${type}.${name}`);

/** Names by number, from `first` upwards; `-` stands for a number without an instruction. */
function numbered(first: number, names: readonly string[]): [number, string][] {
  return names.map((name, index): [number, string] => [first + index, name]).filter(([, name]) => name !== "-");
}

const INTEGER_COMPARISONS = "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const FLOAT_COMPARISONS = "eq ne lt gt le ge";
const INTEGER = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";

/** By opcode. */
const PLAIN: ReadonlyMap<number, string> = new Map([
  ...numbered(
    0x00,
    words("unreachable nop block loop if else try catch throw rethrow throw_ref end br br_if br_table"),
  ),
  ...numbered(0x0f, words("return call call_indirect return_call return_call_indirect call_ref return_call_ref")),
  ...numbered(0x18, words("delegate catch_all drop select select - - try_table")),
  ...numbered(0x20, words("local.get local.set local.tee global.get global.set table.get table.set")),
  ...numbered(0x28, words("i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u")),
  ...numbered(0x30, prefixed("i64", "load8_s load8_u load16_s load16_u load32_s load32_u")),
  ...numbered(0x36, words("i32.store i64.store f32.store f64.store i32.store8 i32.store16")),
  ...numbered(0x3c, words("i64.store8 i64.store16 i64.store32 memory.size memory.grow")),
  ...numbered(0x41, words("i32.const i64.const f32.const f64.const")),
  ...numbered(0x45, [...prefixed("i32", INTEGER_COMPARISONS), ...prefixed("i64", INTEGER_COMPARISONS)]),
  ...numbered(0x5b, [...prefixed("f32", FLOAT_COMPARISONS), ...prefixed("f64", FLOAT_COMPARISONS)]),
  ...numbered(0x67, [...prefixed("i32", INTEGER), ...prefixed("i64", INTEGER)]),
  ...numbered(0x8b, [...prefixed("f32", FLOAT), ...prefixed("f64", FLOAT)]),
  ...numbered(0xa7, prefixed("i32", "wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u")),
  ...numbered(0xac, prefixed("i64", "extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u")),
  ...numbered(0xb2, prefixed("f32", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64")),
  ...numbered(0xb7, prefixed("f64", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32")),
  ...numbered(0xbc, words("i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64")),
  ...numbered(0xc0, words("i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s")),
  ...numbered(0xd0, words("ref.null ref.is_null ref.func ref.eq ref.as_non_null br_on_null br_on_non_null")),
  ...numbered(0xe0, words("cont.new cont.bind suspend resume resume_throw resume_throw_ref switch")),
]);

/** Behind 0xfb. */
const GARBAGE_COLLECTION: ReadonlyMap<number, string> = new Map([
  ...numbered(0x00, prefixed("struct", "new new_default get get_s get_u set")),
  ...numbered(0x06, prefixed("array", "new new_default new_fixed new_data new_elem get get_s get_u set len fill copy")),
  ...numbered(0x12, words("array.init_data array.init_elem ref.test ref.test ref.cast ref.cast br_on_cast")),
  ...numbered(0x19, words("br_on_cast_fail any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u")),
]);

/** Behind 0xfc. */
const MISCELLANEOUS: ReadonlyMap<number, string> = new Map([
  ...numbered(0x00, prefixed("i32", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u")),
  ...numbered(0x04, prefixed("i64", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u")),
  ...numbered(0x08, words("memory.init data.drop memory.copy memory.fill table.init elem.drop table.copy table.grow")),
  ...numbered(0x10, words("table.size table.fill memory.discard i64.add128 i64.sub128 i64.mul_wide_s i64.mul_wide_u")),
]);

const LANES = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";

/** Behind 0xfd. */
const VECTORS: ReadonlyMap<number, string> = new Map([
  ...numbered(0x00, prefixed("v128", "load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u")),
  ...numbered(0x07, prefixed("v128", "load8_splat load16_splat load32_splat load64_splat store const")),
  ...numbered(0x0d, words("i8x16.shuffle i8x16.swizzle")),
  ...numbered(0x0f, words("i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat")),
  ...numbered(0x15, prefixed("i8x16", "extract_lane_s extract_lane_u replace_lane")),
  ...numbered(0x18, prefixed("i16x8", "extract_lane_s extract_lane_u replace_lane")),
  ...["i32x4", "i64x2", "f32x4", "f64x2"].flatMap((shape, index) =>
    numbered(0x1b + 2 * index, prefixed(shape, "extract_lane replace_lane")),
  ),
  ...numbered(0x23, [...prefixed("i8x16", LANES), ...prefixed("i16x8", LANES), ...prefixed("i32x4", LANES)]),
  ...numbered(0x41, [...prefixed("f32x4", FLOAT_COMPARISONS), ...prefixed("f64x2", FLOAT_COMPARISONS)]),
  ...numbered(0x4d, prefixed("v128", "not and andnot or xor bitselect any_true")),
  ...numbered(0x54, prefixed("v128", "load8_lane load16_lane load32_lane load64_lane")),
  ...numbered(0x58, prefixed("v128", "store8_lane store16_lane store32_lane store64_lane load32_zero load64_zero")),
  ...numbered(0x5e, words("f32x4.demote_f64x2_zero f64x2.promote_low_f32x4")),
  ...numbered(0x60, prefixed("i8x16", "abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u")),
  ...numbered(0x67, prefixed("f32x4", "ceil floor trunc nearest")),
  ...numbered(0x6b, prefixed("i8x16", "shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u")),
  ...numbered(0x74, words("f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc")),
  ...numbered(0x7b, words("i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u")),
  ...numbered(0x7e, prefixed("i32x4", "extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u")),
  ...numbered(0x80, prefixed("i16x8", "abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u")),
  ...numbered(0x87, extensions("i16x8", "extend", "i8x16")),
  ...numbered(0x8b, prefixed("i16x8", "shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u")),
  ...numbered(0x94, words("f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u - i16x8.avgr_u")),
  ...numbered(0x9c, extensions("i16x8", "extmul", "i8x16")),
  ...numbered(0xa0, words("i32x4.abs i32x4.neg - i32x4.all_true i32x4.bitmask")),
  ...numbered(0xa7, extensions("i32x4", "extend", "i16x8")),
  ...numbered(0xab, words("i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add - - i32x4.sub")),
  ...numbered(0xb5, prefixed("i32x4", "mul min_s min_u max_s max_u dot_i16x8_s")),
  ...numbered(0xbc, extensions("i32x4", "extmul", "i16x8")),
  ...numbered(0xc0, words("i64x2.abs i64x2.neg - i64x2.all_true i64x2.bitmask")),
  ...numbered(0xc7, extensions("i64x2", "extend", "i32x4")),
  ...numbered(0xcb, words("i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add - - i64x2.sub")),
  ...numbered(0xd5, prefixed("i64x2", "mul eq ne lt_s gt_s le_s ge_s")),
  ...numbered(0xdc, extensions("i64x2", "extmul", "i32x4")),
  ...["f32x4", "f64x2"].flatMap((shape, index) => [
    ...numbered(0xe0 + 12 * index, prefixed(shape, "abs neg")),
    ...numbered(0xe3 + 12 * index, prefixed(shape, "sqrt add sub mul div min max pmin pmax")),
  ]),
  ...numbered(
    0xf8,
    words("i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u"),
  ),
  ...numbered(0xfc, words("i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero")),
  ...numbered(0xfe, words("f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u")),
  ...numbered(0x100, words("i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u")),
  ...numbered(0x103, words("i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero")),
  ...numbered(0x105, [
    ...prefixed("f32x4", "relaxed_madd relaxed_nmadd"),
    ...prefixed("f64x2", "relaxed_madd relaxed_nmadd"),
  ]),
  ...numbered(
    0x109,
    ["i8x16", "i16x8", "i32x4", "i64x2"].map((shape) => `${shape}.relaxed_laneselect`),
  ),
  ...numbered(0x10d, words("f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max")),
  ...numbered(
    0x111,
    words("i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s"),
  ),
]);

function extensions(shape: string, name: string, from: string): string[] {
  return ["low_s", "high_s", "low_u", "high_u"].map((kind) => {
    const [half, sign] = kind.split("_");
    return `${shape}.${name}_${half}_${from}_${sign}`;
  });
}

const READ_MODIFY_WRITE = ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"].flatMap((operation) => [
  ...[`i32.atomic.rmw.${operation}`, `i64.atomic.rmw.${operation}`],
  ...["i32.atomic.rmw8", "i32.atomic.rmw16", "i64.atomic.rmw8", "i64.atomic.rmw16", "i64.atomic.rmw32"].map(
    (access) => `${access}.${operation}_u`,
  ),
]);

/** Behind 0xfe. */
const ATOMICS: ReadonlyMap<number, string> = new Map([
  ...numbered(0x00, words("memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64 atomic.fence")),
  ...numbered(0x10, words("i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u")),
  ...numbered(
    0x14,
    words("i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u i32.atomic.store i64.atomic.store"),
  ),
  ...numbered(
    0x19,
    words("i32.atomic.store8 i32.atomic.store16 i64.atomic.store8 i64.atomic.store16 i64.atomic.store32"),
  ),
  ...numbered(0x1e, READ_MODIFY_WRITE),
]);

const FAMILIES: ReadonlyMap<number, { readonly name: string; readonly names: ReadonlyMap<number, string> }> = new Map([
  [0xfb, { name: "reference", names: GARBAGE_COLLECTION }],
  [0xfc, { name: "miscellaneous", names: MISCELLANEOUS }],
  [0xfd, { name: "vector", names: VECTORS }],
  [0xfe, { name: "atomic", names: ATOMICS }],
]);

/** Whether the opcode is the first of two. */
export function isPrefix(opcode: number): boolean {
  return FAMILIES.has(opcode);
}

/** The name of the opcode, e.g. `i32.add`. */
export function opcodeName(opcode: number): string {
  return PLAIN.get(opcode) ?? `opcode 0x${opcode.toString(16)}`;
}

/** The name of the instruction at the reader, also of those that the machine does not have. Reads its opcode. */
export function instructionName(reader: Reader): string {
  const opcode = reader.byte();
  const family = FAMILIES.get(opcode);
  if (family === undefined) return opcodeName(opcode);
  const second = reader.u32();
  return family.names.get(second) ?? `${family.name} instruction 0x${second.toString(16)}`;
}
