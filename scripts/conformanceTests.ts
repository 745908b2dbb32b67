/**
 * Converts the conformance tests of this repository, after they were changed: `node --import tsx/esm scripts/conformanceTests.ts`. It takes
 * `wast2json` 1.0.32 of wabt, which Debian has as a package.
 */
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";

const FOLDERS = ["suite", "wrong"].map((name) => join(PACKAGE_ROOT, "test", "conformance", name));

/** What some of the tests need besides what is on by itself. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "outside.wast": ["--enable-tail-call", "--enable-memory64", "--enable-threads", "--enable-exceptions"],
};

for (const folder of FOLDERS) {
  const files = (await readdir(folder)).sort();
  for (const file of files) if (/\.(json|wasm|wat)$/.test(file)) await rm(join(folder, file));
  for (const file of files.filter((name) => name.endsWith(".wast"))) {
    await promisify(execFile)("wast2json", [...(FLAGS[file] ?? []), file], { cwd: folder });
    console.log(join(folder, file));
  }
}
