import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Provider } from "ethers";

import type { ChainAddresses } from "./chain.js";
import type { SourceKind } from "./config/types.js";
import type { HistoryKind } from "./dispute/historyKind.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";

/** What is remembered of a deployed chain between processes: the content of `deployments/<network>/<chain>.json`. */
export interface Deployment {
  readonly version: 2;
  readonly network: string;
  readonly chain: string;
  readonly mode: string;
  /** EIP-155 id of the settlement layer. */
  readonly chainId: number;
  /** Hash of the settlement layer's block 0, by which a restarted node is noticed. */
  readonly genesisBlock: Hex;
  /** The block in which the first contract of this chain was deployed; events are read from here on. */
  readonly fromBlock: number;
  readonly addresses: ChainAddresses;
  /** What keeps batches at each of `addresses.sources`. */
  readonly sources: readonly SourceKind[];
  /** Where the committees are that its sources and rule name. */
  readonly committees: Readonly<Record<string, Hex>>;
  /** What the chain's claims commit to states with. */
  readonly history: HistoryKind;
  /** `StepContext.program`. */
  readonly program: Hex;
  /** Path of the guest's `.wasm`, relative to the project's root. */
  readonly guest: string;
}

/**
 * Where a chain's deployment is kept.
 * @param directory `config.rollup.deployments`.
 */
export function deploymentPath(directory: string, network: string, chain: string): string {
  return join(directory, network, `${chain}.json`);
}

/** Writes a deployment so that a reader sees the old file or the new one, never half of one. */
export async function writeDeployment(directory: string, deployment: Deployment): Promise<string> {
  const path = deploymentPath(directory, deployment.network, deployment.chain);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeFile(draft, `${JSON.stringify(deployment, null, 2)}\n`);
  await rename(draft, path);
  return path;
}

/**
 * Reads a chain's deployment.
 * @throws {RollupError} `DEPLOYMENT_MISSING` if there is none, `DEPLOYMENT_UNREADABLE` if the file is not one.
 */
export async function readDeployment(directory: string, network: string, chain: string): Promise<Deployment> {
  const path = deploymentPath(directory, network, chain);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new RollupError("DEPLOYMENT_MISSING", `Chain "${chain}" is not deployed on network "${network}".`, {
      looked: path,
      do: `npx hardhat rollup:deploy --chain ${chain} --network ${network}`,
    });
  });
  return parseDeployment(text, path);
}

/**
 * Makes sure that a deployment is of the settlement layer that the provider speaks to.
 * @throws {RollupError} `DEPLOYMENT_STALE` if block 0 differs (a restarted development node) or the rollup's code is gone.
 */
export async function checkDeployment(deployment: Deployment, provider: Provider): Promise<void> {
  const [genesis, code] = await Promise.all([provider.getBlock(0), provider.getCode(deployment.addresses.rollup)]);
  const facts = {
    expected: deployment.genesisBlock,
    found: genesis?.hash ?? "no block",
    do: `npx hardhat rollup:deploy --chain ${deployment.chain} --network ${deployment.network}`,
  };
  if (genesis?.hash !== deployment.genesisBlock) {
    const sentence = `Chain "${deployment.chain}" was deployed on another instance of network "${deployment.network}": was the node restarted?`;
    throw new RollupError("DEPLOYMENT_STALE", sentence, facts);
  }
  if (code === "0x") {
    const sentence = `Chain "${deployment.chain}" has no code at ${deployment.addresses.rollup}: was the node reset?`;
    throw new RollupError("DEPLOYMENT_STALE", sentence, { do: facts.do });
  }
}

/**
 * Makes sure that a built guest is the one that a chain was deployed with.
 * @throws {RollupError} `GUEST_MISMATCH`.
 */
export function checkProgram(deployment: Deployment, program: Hex): void {
  if (deployment.program === program) return;
  throw new RollupError("GUEST_MISMATCH", `The guest is not the one that chain "${deployment.chain}" runs.`, {
    guest: deployment.guest,
    expected: deployment.program,
    found: program,
    do: "check out the guest's sources as they were, or deploy the chain anew",
  });
}

function parseDeployment(text: string, path: string): Deployment {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RollupError("DEPLOYMENT_UNREADABLE", "A deployment file is not JSON.", { path }, error as Error);
  }
  if (typeof value === "object" && value !== null && "version" in value && value.version === 2) {
    return value as Deployment;
  }
  throw new RollupError("DEPLOYMENT_UNREADABLE", "A deployment file has an unknown version.", {
    path,
    expected: 2,
    do: "deploy the chain anew",
  });
}
