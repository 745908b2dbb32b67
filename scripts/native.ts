/** What `npm run build:native` runs: builds each C program that is committed as WebAssembly, and writes it with its sha256. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { buildNative, NATIVE_PROGRAMS } from "./nativePrograms.js";

for (const program of NATIVE_PROGRAMS) {
  const { folder, output, command } = program;
  console.log(`cd ${folder} && ${command.join(" ")}`);
  const binary = await buildNative(program);
  const sha256 = createHash("sha256").update(binary).digest("hex");
  await writeFile(join(PACKAGE_ROOT, folder, output), binary);
  await writeFile(join(PACKAGE_ROOT, folder, `${output}.sha256`), `${sha256}  ${output}\n`);
  console.log(`${sha256}  ${binary.length} bytes`);
}
