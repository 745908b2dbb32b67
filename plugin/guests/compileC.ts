import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Tree } from "@yowasp/clang";

import { PACKAGE_ROOT } from "../packageRoot.js";
import { collectSources } from "./cSources.js";
import { runClang } from "./clang.js";
import { GuestCompileError } from "./errors.js";

/** Where the compiler sees the SDK. */
const SDK = "sdk";

/**
 * No instruction beyond the machine's: of what came after the first WebAssembly, sign extensions, and conversions of floats that do not
 * trap, which saves the checks around those that do. `sqrt`, `floor` and the like are instructions, since there is no `errno`.
 */
const MACHINE = [
  ...["--target=wasm32", "-mcpu=mvp", "-msign-ext", "-mnontrapping-fptoint"],
  ...["-fno-math-errno", "-ffp-contract=off"],
];

/** No library but the SDK. `rollup.h` is found from anywhere. */
const FREESTANDING = ["-ffreestanding", "-nostdlib", "-nostdlibinc", "-I.", `-I${SDK}`];

/**
 * What C++ would need a library for. Constructors of global variables are refused: nothing would run them at genesis, and the linker
 * would otherwise run them at every input.
 */
const CPP = ["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-fno-c++-static-destructors"];
const REFUSED = ["-Werror=global-constructors"];

/** For size, over all files at once: every doubling of the code makes each step's proof longer. */
const OPTIMIZED = ["-Os", "-flto"];

/** The stack lies below the data, so that its overflow traps. The memory has the pages that this takes, and cannot grow. */
const LINKED = ["--no-entry", "--strip-all", "--stack-first", "-zstack-size=8192", "--no-growable-memory"].map(
  (option) => `-Wl,${option}`,
);

const OUTPUT = "guest.wasm";

/**
 * Compiles C and C++, in process, against the SDK's `rollup.h`. The same source gives the same bytes wherever it lies.
 * @param paths Absolute, of `.c` and `.cpp` files of which one defines `handle`.
 * @returns The bytes of the `.wasm`.
 * @throws {GuestCompileError} `GUEST_NOT_COMPILED` with the compiler's diagnostics, {GuestCompilerMissingError} `GUEST_COMPILER_MISSING`.
 */
export async function compileC(paths: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { units, tree } = await collectSources(paths);
  const sources = [`${SDK}/runtime.c`, ...units];
  const args = [...MACHINE, ...FREESTANDING, ...CPP, ...REFUSED, ...OPTIMIZED, ...LINKED, "-o", OUTPUT, ...sources];
  const { files, words } = await runClang(args, { ...tree, [SDK]: await sdkFiles() });
  const output = files?.[OUTPUT];
  if (!(output instanceof Uint8Array)) throw new GuestCompileError(paths.join(", "), words);
  return new Uint8Array(output);
}

async function sdkFiles(): Promise<Tree> {
  const folder = join(PACKAGE_ROOT, "guests", "sdk");
  const tree: Tree = {};
  for (const name of await readdir(folder)) {
    if (/\.[ch]$/.test(name)) tree[name] = await readFile(join(folder, name));
  }
  return tree;
}
