import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { buildGuest } from "../../plugin/guests/build.js";
import { ClangMissingError, GuestCompileError } from "../../plugin/guests/errors.js";
import { loadRiscvProgram } from "../../plugin/machines/riscv/index.js";
import { inputOf } from "../helpers/inputs.js";

/** Publishes the quotient of the input's first number by its second; in C++ as in C. */
const DIVIDES = `
#include <rollup.h>
void handle(void) {
  static Word result;
  wordSetNumber(&result, inputWordNumber(0) / inputWordNumber(1));
  publishRoot(&result);
}
`;

const word = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const OPERANDS: readonly (readonly [bigint, bigint])[] = [
  [100n, 7n],
  [2n ** 64n - 1n, 3n],
  [2n ** 63n + 12_345n, 2n ** 33n + 1n],
  [5n, 2n ** 40n],
];

describe("guests for RISC-V, where clang is installed", function () {
  this.timeout(60_000);
  let folder: string;

  before(async function () {
    if (spawnSync("clang", ["--target=riscv32", "-fuse-ld=lld", "-v"]).status !== 0) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "elf-"));
    for (const name of ["divides.c", "divides.cpp"]) await writeFile(join(folder, name), DIVIDES);
    const target = [
      "--target=riscv32",
      "-march=rv32im",
      "-mabi=ilp32",
      "-ffreestanding",
      "-fno-builtin",
      "-Iguests/sdk",
    ];
    for (const [option, output] of [
      ["-S", "bits.ll"],
      ["-c", "bits.bc"],
    ]) {
      const args = [...target, "-Os", "-emit-llvm", option, "-o", join(folder, output), join(folder, "divides.c")];
      expect(spawnSync("clang", args).status).to.equal(0);
    }
  });

  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  for (const name of ["divides.c", "divides.cpp", "bits.ll", "bits.bc"]) {
    it(`are built from ${name.slice(name.indexOf("."))}`, async () => {
      const machine = loadRiscvProgram(await buildGuest(join(folder, name), { machine: "riscv" })).start();
      for (const [dividend, divisor] of OPERANDS) {
        machine.deliver(inputOf({ data: Buffer.concat([word(dividend), word(divisor)]) }));
        machine.run(2 ** 20);
        expect(machine.outcome).to.equal("returned");
        expect(BigInt(machine.state().outputRoot)).to.equal(dividend / divisor);
      }
    });
  }

  it("are refused with the compiler's words", async () => {
    const path = join(folder, "wrong.c");
    await writeFile(path, "void handle(void) { nothing(); }");
    const error: unknown = await buildGuest(path, { machine: "riscv" }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(GuestCompileError);
    expect((error as GuestCompileError).diagnostics).to.contain("nothing");
  });

  it("say how to get a clang where there is none", async () => {
    const { PATH } = process.env;
    process.env.PATH = "";
    try {
      const error: unknown = await buildGuest(join(folder, "divides.c"), { machine: "riscv" }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(ClangMissingError);
      expect(String(error)).to.contain("apt install clang lld");
    } finally {
      process.env.PATH = PATH;
    }
  });
});
