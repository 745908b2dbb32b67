import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { canonicalizeNaNs } from "./canonicalNaNs.js";
import { NotPreparable, type Dialect } from "./dialect.js";
import { INTEGERS } from "./integerize.js";
import { FLOATS } from "./keepFloats.js";
import { REFERENCES } from "./keepReferences.js";
import { prepareModule } from "./prepare.js";
import { Random } from "./random.js";

const WASM_OPT = fileURLToPath(new URL("../../node_modules/binaryen/bin/wasm-opt", import.meta.url));

/** What generated modules compute with. */
export const KINDS = ["integers", "floats", "references"] as const;
export type Kind = (typeof KINDS)[number];

const DIALECTS: Readonly<Record<Kind, Dialect>> = { integers: INTEGERS, floats: FLOATS, references: REFERENCES };

/** What the generator may use: the machine's core set and floats; and bulk memory, tables and references. */
const FEATURES = ["--mvp-features", "--enable-sign-ext", "--enable-mutable-globals", "--enable-multivalue"];
const MORE_FEATURES = ["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-reference-types"];

/** The module as V8 is to run it: with the machine's rule for NaNs. */
export function nativeModule(module: Uint8Array, kind: Kind): Uint8Array {
  return kind === "integers" ? module : canonicalizeNaNs(module);
}

/**
 * Generates the module of a seed with `wasm-opt --translate-to-fuzz` (about half a second) and turns it into one of
 * the kind. Its start function is kept if it returns. Gives undefined for the few that have no counterpart.
 */
export function generateModule(seed: number, kind: Kind): Uint8Array | undefined {
  const dialect = DIALECTS[kind];
  const features = kind === "references" ? [...FEATURES, ...MORE_FEATURES] : FEATURES;
  const random = new Random(seed);
  const folder = mkdtempSync(join(tmpdir(), "rollup-fuzz-"));
  try {
    const bounds = seed % 2 === 0 ? ["--no-fuzz-oob"] : [];
    const [input, output] = [join(folder, "in.bin"), join(folder, "out.wasm")];
    writeFileSync(input, random.bytes(1_000 + random.below(16_000)));
    execFileSync(process.execPath, [WASM_OPT, input, "--translate-to-fuzz", ...features, ...bounds, "-o", output], {
      stdio: "pipe",
    });
    const original = new Uint8Array(readFileSync(output));
    const module = prepareModule(original, dialect, true);
    return starts(module) ? module : prepareModule(original, dialect, false);
  } catch (error) {
    if (error instanceof NotPreparable) return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function starts(module: Uint8Array): boolean {
  const compiled = new WebAssembly.Module(module);
  try {
    new WebAssembly.Instance(compiled);
    return true;
  } catch {
    return false;
  }
}
