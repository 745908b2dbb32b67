import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { PACKAGE_ROOT } from "../packageRoot.js";
import { ClangMissingError, GuestCompileError } from "./errors.js";

/** Machines whose guests are ELF files, and what clang must be told of each. A folder of the SDK has the name of each. */
const TARGETS = {
  riscv: ["--target=riscv32", "-march=rv32im", "-mabi=ilp32", "-mno-relax"],
  mips: ["--target=mips-linux-gnu", "-march=mips32r2", "-msoft-float", "-mno-abicalls", "-fno-pic", "-G0", "-static"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ElfMachine = keyof typeof TARGETS;

export function isElfMachine(machine: string): machine is ElfMachine {
  return Object.hasOwn(TARGETS, machine);
}

const COMPILED = [
  ...["-Os", "-ffreestanding", "-fno-builtin", "-nostdlib", "-nostdlibinc", "-ffunction-sections", "-fdata-sections"],
  ...["-fno-math-errno", "-ffp-contract=off", "-Iguests/sdk"],
  ...["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-fno-c++-static-destructors"],
  ...["-Wno-unused-command-line-argument", "-Wno-override-module", "-Wno-incompatible-library-redeclaration"],
];

const LINKED = ["-fuse-ld=lld", "-Wl,--gc-sections", "-Wl,--strip-all", "-Wl,--build-id=none"];

/** What a guest calls without naming it: memory, 64-bit division, floats. It carries what it needs. */
const LIBRARY = [
  ...["guests/sdk/runtime.c", "guests/sdk/wide.c"],
  ...["single", "double", "between", "trap"].map((name) => `native/softfloat/${name}.c`),
];

/**
 * The command that builds a guest, to be run in the package's folder.
 * @param sources Relative to that folder, or absolute.
 */
export function elfCommand(machine: ElfMachine, sources: readonly string[], output: string): string[] {
  const folder = `guests/sdk/${machine}`;
  const own = [`${folder}/start.S`, `${folder}/hostCalls.S`];
  const script = `-Wl,-T,${folder}/link.ld`;
  return ["clang", ...TARGETS[machine], ...COMPILED, ...LINKED, script, "-o", output, ...own, ...LIBRARY, ...sources];
}

/**
 * Compiles C, C++ or LLVM's own code with the clang and lld that are installed.
 * @param paths Absolute, of files of which one defines `handle`.
 * @returns The bytes of the ELF file.
 * @throws {GuestCompileError} `GUEST_NOT_COMPILED` with the compiler's words, {ClangMissingError} `GUEST_COMPILER_MISSING`.
 */
export async function compileElf(machine: ElfMachine, paths: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), "guest-"));
  try {
    const output = join(folder, "guest.elf");
    await runCommand(elfCommand(machine, paths, output), paths);
    return new Uint8Array(await readFile(output));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runCommand([program, ...args]: readonly string[], paths: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args, { cwd: PACKAGE_ROOT });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") throw new ClangMissingError(error);
    throw new GuestCompileError(paths.join(", "), "stderr" in error ? String(error.stderr) : error.message);
  }
}
