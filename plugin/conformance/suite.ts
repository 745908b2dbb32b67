import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { RollupError } from "../errors.js";
import type { ConformanceRunner } from "./runner.js";

/** A test of a suite. */
export interface SuiteFile {
  /** Below the suite's folder, with slashes. */
  readonly name: string;
  readonly path: string;
}

/**
 * The tests of a suite, sorted by name: whatever below the folder the runner takes for one.
 * @throws {RollupError} `SUITE_NOT_FOUND` or `SUITE_EMPTY`.
 */
export async function listSuite(folder: string, runner: ConformanceRunner): Promise<SuiteFile[]> {
  const files: SuiteFile[] = [];
  for (const path of (await pathsBelow(folder)).sort()) {
    if (await runner.isTest(path)) files.push({ name: relative(folder, path).split(sep).join("/"), path });
  }
  if (files.length > 0) return files;
  throw new RollupError("SUITE_EMPTY", "The suite's folder holds no test of this machine.", { folder });
}

async function pathsBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    throw new RollupError("SUITE_NOT_FOUND", "The suite's folder cannot be read.", { folder }, error as Error);
  }
}
