/** What `npm run build:native` runs: builds each C program that is committed as WebAssembly or as an ELF file, and writes it with its sha256. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { BENCH_ELVES, BENCH_FOLDER, buildBenchElf } from "./benchElf.js";
import { buildNative, NATIVE_PROGRAMS } from "./nativePrograms.js";

const builds = [
  ...NATIVE_PROGRAMS.map((program) => ({ ...program, build: () => buildNative(program) })),
  ...BENCH_ELVES.map((elf) => ({ ...elf, folder: BENCH_FOLDER, build: () => buildBenchElf(elf) })),
];
for (const { folder, output, command, build } of builds) {
  console.log(`cd ${folder} && ${command.join(" ")}`);
  const binary = await build();
  const sha256 = createHash("sha256").update(binary).digest("hex");
  await writeFile(join(PACKAGE_ROOT, folder, output), binary);
  await writeFile(join(PACKAGE_ROOT, folder, `${output}.sha256`), `${sha256}  ${output}\n`);
  console.log(`${sha256}  ${binary.length} bytes`);
}
