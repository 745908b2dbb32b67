import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
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

  it("is refused with the compiler's words", async () => {
    const [keccak] = NATIVE_PROGRAMS;
    const refused = await buildNative({ ...keccak, command: [...keccak.command, "-Wno-such-warning"] }).catch(String);
    expect(refused).to.match(/unknown warning option '-Wno-such-warning'/);
  });
});
