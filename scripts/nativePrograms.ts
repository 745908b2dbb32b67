import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { commands, runLLVM } from "@yowasp/clang";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";

/** A C program that the package ships as WebAssembly, built by one command in its folder. */
export interface NativeProgram {
  /** Below the package's root. */
  readonly folder: string;
  /** What `command` reads. */
  readonly sources: readonly string[];
  /** What `command` writes; its sha256 lies beside it. */
  readonly output: string;
  /** Of npm's `@yowasp/clang`, whose version package-lock.json fixes. */
  readonly command: readonly string[];
}

const KECCAK: NativeProgram = {
  folder: "native/keccak",
  sources: ["keccak.c"],
  output: "keccak.wasm",
  command: [
    ...["clang", "--target=wasm32", "-msimd128", "-O3", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib"],
    ...[
      "-Wl,--no-entry",
      "-Wl,--strip-all",
      "-Wl,--stack-first",
      "-Wl,-zstack-size=8192",
      "-o",
      "keccak.wasm",
      "keccak.c",
    ],
  ],
};

/** All of them, for `npm run build:native` and for the test that the committed files are what their sources say. */
export const NATIVE_PROGRAMS: readonly NativeProgram[] = [KECCAK];

/** Compiles and links; gives the WebAssembly. Throws the compiler's words if it refuses. */
export async function buildNative({ folder, sources, output, command }: NativeProgram): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const source of sources) files[basename(source)] = await readFile(join(PACKAGE_ROOT, folder, source));
  const words: Uint8Array[] = [];
  const collect = (bytes: Uint8Array | null): void => void (bytes !== null && words.push(bytes.slice()));
  await loadCompiler();
  try {
    const built = await commands.clang(command.slice(1), files, {
      stdout: collect,
      stderr: collect,
      decodeASCII: false,
    });
    const binary = built?.[output];
    if (binary instanceof Uint8Array) return binary;
  } catch (error) {
    throw new Error(`${command.join(" ")}\n${Buffer.concat(words).toString()}`, { cause: error });
  }
  throw new Error(`${command.join(" ")}\nwrote no ${output}`);
}

/** Loads it before it is used, since it prints its progress otherwise. */
async function loadCompiler(): Promise<void> {
  await runLLVM(undefined, {}, { fetchProgress: () => undefined });
}
