import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { Interface, type InterfaceAbi } from "ethers";
import type { Artifact } from "hardhat/types/artifacts";

import { RollupError } from "./errors.js";
import { PACKAGE_ROOT } from "./packageRoot.js";

/**
 * A compiled contract of this package.
 * @param source Path below `contracts/`, e.g. `rules/Unchallenged.sol`; the contract bears the file's name.
 * @throws {RollupError} `ARTIFACT_MISSING`.
 */
export async function artifactOf(source: string): Promise<Artifact> {
  const name = source.slice(source.lastIndexOf("/") + 1, -".sol".length);
  const path = join(artifactsRoot(), source, `${name}.json`);
  try {
    return JSON.parse(await readFile(path, "utf8")) as Artifact;
  } catch (error) {
    throw new RollupError(
      "ARTIFACT_MISSING",
      `The contract ${name} is not compiled.`,
      { looked: path, do: "npx hardhat build" },
      error as Error,
    );
  }
}

let errors: Promise<Interface> | undefined;

/** All custom errors of this package's contracts, to explain a revert whichever contract it came from. */
export function contractErrors(): Promise<Interface> {
  errors ??= collectErrors();
  return errors;
}

async function collectErrors(): Promise<Interface> {
  const files = await readdir(artifactsRoot(), { recursive: true });
  const fragments = new Map<string, unknown>();
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    const artifact = JSON.parse(readFileSync(join(artifactsRoot(), file), "utf8")) as Partial<Artifact>;
    for (const fragment of artifact.abi ?? []) {
      if (isError(fragment)) fragments.set(JSON.stringify(fragment), fragment);
    }
  }
  return new Interface([...fragments.values()] as InterfaceAbi);
}

function isError(fragment: unknown): boolean {
  return typeof fragment === "object" && fragment !== null && "type" in fragment && fragment.type === "error";
}

function artifactsRoot(): string {
  return join(PACKAGE_ROOT, "artifacts", "contracts");
}
