import binaryen from "binaryen";
import { expect } from "chai";

import {
  InvalidModuleError,
  UnsupportedInstructionError,
  UnsupportedModuleError,
} from "../../../plugin/machines/wasm/errors.js";
import { FEATURES, type Feature } from "../../../plugin/machines/wasm/features.js";
import { parseModule } from "../../../plugin/machines/wasm/parse.js";
import { sized, vector } from "../../fuzz/binary.js";
import { assemble, assembleSections } from "./guest.js";

/** What parsing throws. */
function refusal(bytes: Uint8Array): Error {
  try {
    parseModule(bytes);
  } catch (error) {
    return error as Error;
  }
  throw new Error("was not refused");
}

/** A module of one function without parameters and results, and a page of memory. */
function functionOf(...code: number[]): Uint8Array {
  return assembleSections({ 1: [1, 0x60, 0, 0], 3: [1, 0], 5: [1, 0, 1], 10: vector([sized([0, ...code, 0x0b])]) });
}

const I32_0 = [0x41, 0];
const DROP = 0x1a;

describe("an instruction that the machine does not have is refused by name, place and the flag that avoids it:", () => {
  const cases: readonly (readonly [string, Feature, readonly number[]])[] = [
    ["v128.const", "simd", [0xfd, 12, ...Array<number>(16).fill(0)]],
    ["i16x8.extmul_high_i8x16_u", "simd", [0xfd, 0x9f, 1]],
    ["f64x2.convert_low_i32x4_u", "simd", [0xfd, 0xff, 1]],
    ["i8x16.relaxed_swizzle", "relaxedSimd", [0xfd, 0x80, 2]],
    ["i32x4.relaxed_dot_i8x16_i7x16_add_s", "relaxedSimd", [0xfd, 0x93, 2]],
    ["atomic.fence", "threads", [0xfe, 3, 0]],
    ["i64.atomic.rmw32.cmpxchg_u", "threads", [0xfe, 0x4e, 2, 0]],
    ["try", "exceptions", [0x06, 0x40]],
    ["throw", "exceptions", [0x08, 0]],
    ["rethrow", "exceptions", [0x09, 0]],
    ["throw_ref", "exceptions", [0x0a]],
    ["try_table", "exceptions", [0x1f, 0x40, 0, 0x0b]],
    ["return_call", "tailCalls", [0x12, 0]],
    ["return_call_indirect", "tailCalls", [0x13, 0, 0]],
    ["call_ref", "typedReferences", [0x14, 0]],
    ["return_call_ref", "typedReferences", [0x15, 0]],
    ["ref.as_non_null", "typedReferences", [0xd4]],
    ["br_on_null", "typedReferences", [0xd5, 0]],
    ["ref.eq", "garbageCollection", [0xd3]],
    ["struct.new", "garbageCollection", [0xfb, 0, 0]],
    ["array.copy", "garbageCollection", [0xfb, 17, 0, 0]],
    ["i31.get_u", "garbageCollection", [0xfb, 30]],
    ["reference instruction 0x80", "strings", [0xfb, 0x80, 1]],
    ["i64.mul_wide_u", "wideArithmetic", [0xfc, 0x16]],
    ["suspend", "stackSwitching", [0xe2, 0]],
  ];
  for (const [name, feature, code] of cases) {
    it(name, () => {
      const error = refusal(functionOf(...I32_0, DROP, ...code)) as UnsupportedInstructionError;
      expect(error).to.be.instanceOf(UnsupportedInstructionError);
      expect(error).to.include({ code: "WASM_INSTRUCTION_UNSUPPORTED", instruction: name, feature });
      expect(functionOf(...I32_0, DROP, ...code)[error.offset]).to.equal(code[0]);
      expect(error.message).to.include(`${name} (at offset 0x${error.offset.toString(16)}`);
      expect(error.message).to.include(FEATURES[feature].remedy);
    });
  }

  it("by the names that binaryen has for them", () => {
    const operands = (count: number): string => "(local.get $v)".repeat(count);
    const named: Readonly<Record<string, number>> = {
      "i8x16.narrow_i16x8_u": 2,
      "f32x4.nearest": 1,
      "i16x8.q15mulr_sat_s": 2,
      "i32x4.extend_high_i16x8_u": 1,
      "i64x2.ge_s": 2,
      "f64x2.pmax": 2,
      "i32x4.trunc_sat_f64x2_u_zero": 1,
      "f64x2.relaxed_nmadd": 3,
      "i16x8.relaxed_q15mulr_s": 2,
    };
    for (const [name, count] of Object.entries(named)) {
      const text = `(module (func $f (param $v v128) (drop (${name} ${operands(count)}))))`;
      const bytes = assemble(text, binaryen.Features.All);
      // Its parameter would be refused first: a number takes its place, which this module's reader does not mind.
      bytes[bytes.indexOf(0x7b, 8)] = 0x7f;
      expect(refusal(bytes)).to.include({ instruction: name });
    }
  });
});

describe("a part of a module that the machine does not have is refused with the flag that avoids it, though V8 may take it:", () => {
  const cases: readonly (readonly [string, Feature, Uint8Array])[] = [
    ["v128", "simd", assembleSections({ 1: [1, 0x60, 1, 0x7b, 0] })],
    ["anyref", "garbageCollection", assembleSections({ 1: [1, 0x60, 1, 0x6e, 0] })],
    ["exnref", "exceptions", assembleSections({ 1: [1, 0x60, 1, 0x69, 0] })],
    ["stringref", "strings", assembleSections({ 1: [1, 0x60, 1, 0x67, 0] })],
    ["(ref null ...)", "typedReferences", assembleSections({ 1: [1, 0x60, 1, 0x63, 0x70, 0] })],
    ["types other than functions", "garbageCollection", assembleSections({ 1: [1, 0x5f, 0] })],
    ["types other than functions", "garbageCollection", assembleSections({ 1: [1, 0x4e, 1, 0x60, 0, 0] })],
    ["shared memory", "threads", assembleSections({ 5: [1, 3, 1, 1] })],
    ["64-bit memory", "memory64", assembleSections({ 5: [1, 4, 1] })],
    ["64-bit memory or tables", "memory64", assembleSections({ 4: [1, 0x70, 4, 1] })],
    ["pages of another size", "customPageSizes", assembleSections({ 5: [1, 8, 1, 0] })],
    ["several memories", "multiMemory", assembleSections({ 5: [2, 0, 1, 0, 1] })],
    ["several memories", "multiMemory", assembleSections({ 2: importOfMemory(), 5: [1, 0, 1] })],
    ["several memories", "multiMemory", functionOf(0x3f, 1, DROP)],
    ["several memories", "multiMemory", functionOf(...I32_0, 0x28, 0x42, 1, 0, DROP)],
    ["a table with an initial value", "typedReferences", tableWithInitialValue()],
    ["an imported tag", "exceptions", assembleSections({ 1: [1, 0x60, 0, 0], 2: [1, 1, 0x6d, 1, 0x74, 4, 0, 0] })],
    ["a null of type 0", "typedReferences", functionOf(0xd0, 0, DROP)],
    ["a section of kind 13", "exceptions", assembleSections({ 1: [1, 0x60, 0, 0], 13: [1, 0, 0] })],
    ["a section of kind 14", "strings", assembleSections({ 14: [0, 0] })],
    ["a constant that names a global of the module itself", "garbageCollection", ownGlobal()],
  ];
  for (const [part, feature, bytes] of cases) {
    it(`${part} (${feature})`, () => {
      const error = refusal(bytes) as UnsupportedModuleError;
      expect(error).to.be.instanceOf(UnsupportedModuleError);
      expect(error).to.include({ code: "WASM_MODULE_UNSUPPORTED", feature });
      expect(error.part)
        .to.include(part)
        .and.match(/ \(at offset 0x[0-9a-f]+\)$/);
      expect(error.message).to.include(FEATURES[feature].remedy);
    });
  }
});

describe("a module that is not valid is refused", () => {
  it("with the engine's words, if nothing in it is of a known feature", () => {
    for (const bytes of [new Uint8Array([0, 1, 2]), functionOf(DROP), functionOf(0x27), functionOf(0xfc, 0x30)]) {
      const error = refusal(bytes);
      expect(error).to.be.instanceOf(InvalidModuleError);
      expect(error.message).to.match(/WebAssembly.Module\(\)/);
    }
  });

  it("where V8 reads the index of a memory that WebAssembly 2.0 has as a zero byte", () => {
    const bytes = functionOf(0x3f, 0x80, 0, DROP);
    expect(WebAssembly.validate(bytes)).to.equal(true);
    expect(refusal(bytes))
      .to.be.instanceOf(InvalidModuleError)
      .and.match(/zero byte expected/);
  });

  it("where V8 reads an offset of 64 bits", () => {
    const bytes = functionOf(...I32_0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0, DROP);
    expect(refusal(bytes)).to.be.instanceOf(InvalidModuleError);
  });

  it("whatever its bytes are, by an error of ours", () => {
    const good = assemble(`(module (memory 1) (table 2 funcref) (global i32 (i32.const 1)) (elem (i32.const 0) $f)
      (data (i32.const 3) "abc") (func $f (export "f") (param i32) (result i64) (i64.extend_i32_u (local.get 0))))`);
    for (let at = 8; at < good.length; at++) {
      for (const value of [0x00, 0x05, 0x40, 0x7b, 0x80, 0xfc, 0xff]) {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          parseModule(bytes);
          expect(WebAssembly.validate(bytes)).to.equal(true);
        } catch (error) {
          expect(error)
            .to.have.property("code")
            .that.matches(/^WASM_/);
        }
      }
    }
  });
});

function importOfMemory(): number[] {
  return [1, 1, 0x6d, 1, 0x6d, 2, 0, 1];
}

function tableWithInitialValue(): Uint8Array {
  return assembleSections({ 4: [1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b] });
}

function ownGlobal(): Uint8Array {
  return assembleSections({ 6: [2, 0x7f, 0, ...I32_0, 0x0b, 0x7f, 0, 0x23, 0, 0x0b] });
}
