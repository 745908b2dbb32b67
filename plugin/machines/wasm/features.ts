/** What WebAssembly has beyond version 2.0 without vectors, which the machine does not have. */
export const FEATURES = {
  simd: {
    name: "vectors (SIMD)",
    remedy: "compile without SIMD (clang: -mno-simd128, asc: without --enable simd, rustc: -C target-feature=-simd128)",
  },
  relaxedSimd: {
    name: "relaxed vectors (SIMD)",
    remedy:
      "compile without relaxed SIMD (clang: -mno-relaxed-simd, asc: without --enable relaxed-simd, rustc: -C target-feature=-relaxed-simd)",
  },
  threads: {
    name: "threads",
    remedy:
      "compile without threads (clang: -mno-atomics and no -pthread, asc: without --enable threads, rustc: -C target-feature=-atomics)",
  },
  exceptions: {
    name: "exceptions",
    remedy: "compile without exceptions (clang: -fno-exceptions -mno-exception-handling, rustc: -C panic=abort)",
  },
  tailCalls: {
    name: "tail calls",
    remedy: "compile without tail calls (clang: -mno-tail-call, rustc: -C target-feature=-tail-call)",
  },
  typedReferences: {
    name: "typed function references",
    remedy: "compile without typed references (clang: -mno-gc, asc: without --enable gc, rustc: -C target-feature=-gc)",
  },
  garbageCollection: {
    name: "garbage collection",
    remedy:
      "compile without garbage collection (clang: -mno-gc, asc: without --enable gc, rustc: -C target-feature=-gc)",
  },
  memory64: {
    name: "64-bit memory",
    remedy: "compile for wasm32 (clang: --target=wasm32, rustc: --target wasm32-unknown-unknown)",
  },
  multiMemory: {
    name: "several memories",
    remedy: "use one memory (clang: -mno-multimemory)",
  },
  strings: {
    name: "strings as references",
    remedy: "compile without stringref (asc: without --enable stringref)",
  },
  wideArithmetic: {
    name: "128-bit arithmetic",
    remedy: "compile without wide arithmetic (clang: -mno-wide-arithmetic, rustc: -C target-feature=-wide-arithmetic)",
  },
  stackSwitching: {
    name: "continuations",
    remedy: "compile for WebAssembly 2.0 (clang: -mcpu=generic): no compiler makes continuations by default",
  },
  customPageSizes: {
    name: "pages of another size",
    remedy: "use pages of 64 KiB (wasm-ld: without --page-size)",
  },
} as const;

export type Feature = keyof typeof FEATURES;

/** The feature that an instruction outside of the machine's set belongs to; undefined if it is none that is known. */
export function featureOf(opcode: number, second: number): Feature | undefined {
  if (opcode === 0xfd) return second < 0x100 ? "simd" : "relaxedSimd";
  if (opcode === 0xfe) return "threads";
  if (opcode === 0xfb) return second < 0x80 ? "garbageCollection" : "strings";
  if (opcode === 0xfc) return second >= 0x13 && second <= 0x16 ? "wideArithmetic" : undefined;
  if (opcode === 0x12 || opcode === 0x13) return "tailCalls";
  if (opcode === 0x14 || opcode === 0x15) return "typedReferences";
  if (opcode >= 0x06 && opcode <= 0x0a) return "exceptions";
  if (opcode === 0x18 || opcode === 0x19 || opcode === 0x1f) return "exceptions";
  if (opcode === 0xd3) return "garbageCollection";
  if (opcode >= 0xd4 && opcode <= 0xd6) return "typedReferences";
  return opcode >= 0xe0 && opcode <= 0xe6 ? "stackSwitching" : undefined;
}
