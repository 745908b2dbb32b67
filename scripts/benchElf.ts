import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";

/** Where the benches' guests lie, and where the commands that build them are run. */
export const BENCH_FOLDER = "bench/guests";

/** A guest of the benches as an ELF file, built by one command of the clang and lld that are installed. */
export interface BenchElf {
  readonly output: string;
  readonly command: readonly string[];
}

const TARGETS = {
  riscv: ["--target=riscv32", "-march=rv32im", "-mabi=ilp32", "-mno-relax"],
  mips: ["--target=mips-linux-gnu", "-march=mips32r2", "-msoft-float", "-mno-abicalls", "-fno-pic", "-G0", "-static"],
} as const;

const COMPILED = ["-O2", "-ffreestanding", "-fno-builtin", "-nostdlib", "-nostdlibinc", "-ffunction-sections"];
const LINKED = [
  "-fuse-ld=lld",
  "-Wl,--gc-sections",
  "-Wl,--strip-all",
  "-Wl,--build-id=none",
  "-Wl,-z,max-page-size=4096",
  "-Wl,-T,link.ld",
];

export const BENCH_ELVES: readonly BenchElf[] = Object.entries(TARGETS).flatMap(([machine, target]) =>
  ["sha256", "quicksort", "sieve", "modpow", "dispatch"].map((name) => {
    const output = `${name}.${machine}.elf`;
    const sources = [`${machine}.S`, `${name}.c`, "../../guests/sdk/wide.c"];
    return { output, command: ["clang", ...target, ...COMPILED, ...LINKED, "-o", output, ...sources] };
  }),
);

/** Compiles and links. Throws the compiler's words if it refuses. */
export async function buildBenchElf({ output, command: [program, ...args] }: BenchElf): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const built = join(folder, output);
    const given = args.map((arg) => (arg === output ? built : arg));
    await promisify(execFile)(program, given, { cwd: join(PACKAGE_ROOT, BENCH_FOLDER) });
    return await readFile(built);
  } finally {
    await rm(folder, { recursive: true });
  }
}
