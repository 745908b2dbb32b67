import type * as Clang from "@yowasp/clang";
import type { Tree } from "@yowasp/clang";

import { GuestCompilerMissingError } from "./errors.js";

/** What clang did. */
export interface ClangRun {
  /** What it wrote; undefined if it refused. */
  readonly files: Tree | undefined;
  /** What it said, on both streams. */
  readonly words: string;
}

/**
 * Runs clang, which is WebAssembly itself and sees no other files than those that it is given.
 * @param args Without the command's name.
 * @param files What lies in its working directory.
 * @throws {GuestCompilerMissingError} `GUEST_COMPILER_MISSING` where npm's `@yowasp/clang` is not installed.
 */
export async function runClang(args: readonly string[], files: Tree): Promise<ClangRun> {
  const { commands } = await loadClang();
  const words: Uint8Array[] = [];
  const collect = (bytes: Uint8Array | null): void => void (bytes !== null && words.push(bytes.slice()));
  const spoken = (): string => Buffer.concat(words).toString();
  try {
    const written = await commands.clang([...args], files, { stdout: collect, stderr: collect, decodeASCII: false });
    return { files: written, words: spoken() };
  } catch (error) {
    return { files: undefined, words: spoken() || String(error) };
  }
}

/** It is loaded before it is used, since it prints its progress otherwise. */
async function loadClang(): Promise<typeof Clang> {
  try {
    const clang = await import("@yowasp/clang");
    await clang.runLLVM(undefined, {}, { fetchProgress: () => undefined });
    return clang;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
      throw new GuestCompilerMissingError(error);
    }
    throw error;
  }
}
