import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

import type { Artifact } from "hardhat/types/artifacts";

import { RollupError } from "../errors.js";
import { PACKAGE_ROOT } from "../packageRoot.js";

/** What solc reads, as far as it matters here. */
export interface StandardInput {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: {
    readonly remappings?: readonly string[];
    readonly outputSelection: unknown;
    readonly [setting: string]: unknown;
  };
}

/** All that a block explorer compiles a contract from. */
export interface CompilerTask {
  readonly input: StandardInput;
  /** `file:contract`, by the input's names. */
  readonly contract: string;
  /** `0.8.37+commit.f401782d`. */
  readonly compiler: string;
}

interface BuildInfo {
  readonly solcLongVersion: string;
  readonly input: StandardInput;
}

const OUTPUT = ["abi", "metadata", "evm.bytecode.object", "evm.deployedBytecode.object"];
/** `import "x";` and `import {A, B} from "x";`, over any number of lines. */
const IMPORT = /\bimport\s+(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/g;

/**
 * What one of this package's contracts was compiled from: its file and what that imports, with the settings of the build.
 * @throws {RollupError} `BUILD_INFO_MISSING`.
 */
export async function compilerTask(artifact: Artifact): Promise<CompilerTask> {
  const { buildInfoId, inputSourceName, contractName } = artifact;
  const { input, solcLongVersion } = await readBuildInfo(buildInfoId, contractName);
  const file = inputSourceName ?? artifact.sourceName;
  const sources = Object.fromEntries([...imported(input, file)].map((name) => [name, input.sources[name]]));
  const settings = { ...input.settings, outputSelection: { [file]: { [contractName]: OUTPUT } } };
  return {
    input: { language: input.language, sources, settings },
    contract: `${file}:${contractName}`,
    compiler: solcLongVersion,
  };
}

async function readBuildInfo(id: string | undefined, contract: string): Promise<BuildInfo> {
  const path = join(PACKAGE_ROOT, "artifacts", "build-info", `${id}.json`);
  try {
    return JSON.parse(await readFile(path, "utf8")) as BuildInfo;
  } catch (error) {
    throw new RollupError(
      "BUILD_INFO_MISSING",
      `What the contract ${contract} was compiled from is not there.`,
      { looked: path, do: "install the package anew, or in its repository: npx hardhat build --force" },
      error as Error,
    );
  }
}

/** A file and all that it imports, in the order of the input: the compiler's output may depend on it. */
function imported({ sources, settings }: StandardInput, file: string): Set<string> {
  const found = new Set<string>();
  const waiting = [file];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const [, path] of sources[name].content.matchAll(IMPORT)) {
      const target = resolveImport(path, name, settings.remappings ?? []);
      if (target in sources) waiting.push(target);
    }
  }
  return new Set(Object.keys(sources).filter((name) => found.has(name)));
}

function resolveImport(path: string, from: string, remappings: readonly string[]): string {
  if (path.startsWith(".")) return posix.join(posix.dirname(from), path);
  for (const remapping of remappings) {
    const [, context, prefix, target] = /^(?:([^:=]*):)?([^=]*)=(.*)$/.exec(remapping) ?? [];
    if (from.startsWith(context ?? "") && path.startsWith(prefix)) return target + path.slice(prefix.length);
  }
  return path;
}
