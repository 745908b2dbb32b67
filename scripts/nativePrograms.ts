import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { runClang } from "../plugin/guests/clang.js";
import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { functionsOnly } from "./functionsOnly.js";

/** A C program that is committed as WebAssembly beside its source, built by one command in its folder. */
export interface NativeProgram {
  /** Below the package's root. */
  readonly folder: string;
  /** What `command` reads. */
  readonly sources: readonly string[];
  /** What `command` writes; its sha256 lies beside it. */
  readonly output: string;
  /** Of npm's `@yowasp/clang`, whose version package-lock.json fixes. */
  readonly command: readonly string[];
  /** What is done to its output. */
  readonly finish?: (linked: Uint8Array) => Uint8Array;
}

const KECCAK: NativeProgram = {
  folder: "native/keccak",
  sources: ["keccak.c"],
  output: "keccak.wasm",
  command: [
    ...["clang", "--target=wasm32", "-msimd128", "-O3", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib"],
    ...[
      "-Wl,--no-entry",
      "-Wl,--strip-all",
      "-Wl,--stack-first",
      "-Wl,-zstack-size=8192",
      "-o",
      "keccak.wasm",
      "keccak.c",
    ],
  ],
};

const SOFTFLOAT: NativeProgram = {
  folder: "native/softfloat",
  sources: [
    ...["single.c", "double.c", "between.c", "trap.c", "trap.h"],
    ...["format.h", "add.h", "multiply.h", "compare.h", "integral.h", "convert.h"],
  ],
  output: "softfloat.wasm",
  command: [
    ...["clang", "--target=wasm32", "-mcpu=mvp", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib"],
    ...["-Wl,--no-entry", "-Wl,--export-all", "-Wl,--strip-all", "-o", "softfloat.wasm"],
    ...["single.c", "double.c", "between.c", "trap.c"],
  ],
  finish: functionsOnly,
};

/** A guest of the benches, with what clang takes of WebAssembly when nobody says which version. */
function benchGuest(name: string): NativeProgram {
  return {
    folder: "bench/guests",
    sources: [`${name}.c`, "guest.h"],
    output: `${name}.wasm`,
    command: [
      ...["clang", "--target=wasm32", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-builtin"],
      ...["-nostdlib", "-Wl,--no-entry", "-Wl,--strip-all", "-o", `${name}.wasm`, `${name}.c`],
    ],
  };
}

/** All of them, for `npm run build:native` and for the test that the committed files are what their sources say. */
export const NATIVE_PROGRAMS: readonly NativeProgram[] = [
  KECCAK,
  SOFTFLOAT,
  ...["sha256", "quicksort", "sieve", "modpow", "dispatch"].map(benchGuest),
];

/** Compiles and links; gives the WebAssembly. Throws the compiler's words if it refuses. */
export async function buildNative({ folder, sources, output, command, finish }: NativeProgram): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const source of sources) files[basename(source)] = await readFile(join(PACKAGE_ROOT, folder, source));
  const { files: built, words } = await runClang(command.slice(1), files);
  const binary = built?.[output];
  if (!(binary instanceof Uint8Array)) throw new Error(`${command.join(" ")}\n${words}`);
  return finish === undefined ? binary : finish(binary);
}
