import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { parseModule } from "../machines/wasm/parse.js";
import { PACKAGE_ROOT } from "../packageRoot.js";
import { GuestCompileError } from "./errors.js";

/** How a guest imports the SDK: `import { Input } from "hardhat-rollup/guests/sdk"`, whether this package is installed or not. */
const PACKAGE_PREFIX = /^(?:\.\.\/)*node_modules\/hardhat-rollup\//;

/**
 * Optimized for size: every doubling of the code makes each step's proof longer. No instruction beyond the machine's, no collector, and
 * an `abort` that only traps.
 */
const OPTIONS = [
  ...["--optimizeLevel", "3", "--shrinkLevel", "1", "--converge"],
  ...["--runtime", "stub", "--use", "abort="],
  ...["--disable", "bulk-memory,mutable-globals,nontrapping-f2i"],
];

const OUTPUT = "guest.wasm";

/**
 * Compiles AssemblyScript, in process. The same source gives the same bytes wherever it lies. The memory has the pages that the guest
 * reserves and cannot grow: the smaller it is, the shorter are the proofs.
 * @param path Absolute, of a `.ts` file that exports `handle()`.
 * @returns The bytes of the `.wasm`.
 * @throws {GuestCompileError} with the compiler's diagnostics.
 */
export async function compileGuest(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const pages = parseModule(await compile(path, [])).memory?.minimum ?? 0;
  return compile(path, ["--maximumMemory", String(Math.max(1, pages))]);
}

async function compile(path: string, extra: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const asc = await import("assemblyscript/asc");
  let output: Uint8Array | undefined;
  let diagnostics = "";
  const result = await asc.main([basename(path), ...OPTIONS, ...extra, "--outFile", OUTPUT], {
    readFile: (file) => readSource(dirname(path), file),
    writeFile: (file, contents) => {
      if (file === OUTPUT && typeof contents !== "string") output = contents;
    },
    listFiles: () => [],
    stderr: { write: (text) => (diagnostics += String(text)) },
  });
  if (result.error !== null || output === undefined) throw new GuestCompileError(path, diagnostics);
  return new Uint8Array(output);
}

/** A user's `asconfig.json` is not read: it would give the same source other bytes. */
async function readSource(folder: string, file: string): Promise<string | null> {
  if (basename(file) === "asconfig.json") return null;
  const path = PACKAGE_PREFIX.test(file) ? join(PACKAGE_ROOT, file.replace(PACKAGE_PREFIX, "")) : resolve(folder, file);
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}
