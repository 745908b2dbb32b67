import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { BENCH_ELVES, BENCH_FOLDER, buildBenchElf } from "../../scripts/benchElf.js";
import { buildNative, NATIVE_PROGRAMS } from "../../scripts/nativePrograms.js";

describe("what is written in C", function () {
  this.timeout(180_000);

  for (const program of NATIVE_PROGRAMS) {
    const file = join(PACKAGE_ROOT, program.folder, program.output);

    it(`${program.folder}/${program.output} is what its source and command give`, async () => {
      expect(Buffer.compare(await buildNative(program), await readFile(file))).to.equal(0);
    });

    it(`${program.folder}/${program.output} has the sha256 that lies beside it`, async () => {
      const sha256 = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      expect(await readFile(`${file}.sha256`, "utf8")).to.equal(`${sha256}  ${program.output}\n`);
    });
  }

  for (const elf of BENCH_ELVES) {
    const file = join(PACKAGE_ROOT, BENCH_FOLDER, elf.output);

    it(`${BENCH_FOLDER}/${elf.output} is what its source and clang 14 give, where that is installed`, async function () {
      if (!/clang version 14\./.test(spawnSync("clang", ["--version"]).stdout?.toString() ?? "")) return this.skip();
      expect(Buffer.compare(await buildBenchElf(elf), await readFile(file))).to.equal(0);
    });

    it(`${BENCH_FOLDER}/${elf.output} has the sha256 that lies beside it`, async () => {
      const sha256 = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      expect(await readFile(`${file}.sha256`, "utf8")).to.equal(`${sha256}  ${elf.output}\n`);
    });
  }

  it("is refused with the compiler's words", async () => {
    const [keccak] = NATIVE_PROGRAMS;
    const refused = await buildNative({ ...keccak, command: [...keccak.command, "-Wno-such-warning"] }).catch(String);
    expect(refused).to.match(/unknown warning option '-Wno-such-warning'/);
  });
});
