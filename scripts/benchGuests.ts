/** Builds the benches' guests anew: `node --import tsx/esm scripts/benchGuests.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { buildNative } from "./nativePrograms.js";

const FOLDER = "bench/guests";

for (const name of ["sha256", "quicksort", "sieve", "modpow"]) {
  const output = `${name}.wasm`;
  const flags = [
    "--target=wasm32",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-fno-builtin",
    "-nostdlib",
  ];
  const link = ["-Wl,--no-entry", "-Wl,--strip-all", "-o", output, `${name}.c`];
  const program = { folder: FOLDER, sources: [`${name}.c`, "guest.h"], output, command: ["clang", ...flags, ...link] };
  const binary = await buildNative(program);
  await writeFile(join(PACKAGE_ROOT, FOLDER, output), binary);
  console.log(`${output}: ${binary.length} bytes`);
}
