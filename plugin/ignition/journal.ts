import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Provider } from "ethers";

import type { Hex } from "../hex.js";

/** Under what id Ignition keeps its journal of a settlement layer: a restarted development node is another network. */
export function deploymentId(chainId: bigint | number, genesisBlock: Hex): string {
  return `rollup-${chainId}-${genesisBlock.slice(2, 14)}`;
}

/** The folder of a deployment, below Ignition's. */
export function journalOf(folder: string, deployment: string): string {
  return join(folder, "deployments", deployment);
}

/**
 * Throws a journal away that tells of contracts which the network does not have: a development node whose first block is always
 * the same was restarted. To resume from it would give a chain without code.
 * @param folder Ignition's, `config.paths.ignition`.
 * @returns True if one was thrown away.
 */
export async function forgetStaleJournal(folder: string, provider: Provider): Promise<boolean> {
  const [{ chainId }, genesis] = await Promise.all([provider.getNetwork(), provider.getBlock(0)]);
  if (!genesis?.hash) return false;
  const journal = journalOf(folder, deploymentId(chainId, genesis.hash as Hex));
  for (const address of Object.values(await deployedAddresses(journal))) {
    if ((await provider.getCode(address)) !== "0x") continue;
    await rm(journal, { recursive: true });
    return true;
  }
  return false;
}

/**
 * What Ignition has deployed, by its ids.
 * @param journal The deployment's folder; there need not be one.
 */
export async function deployedAddresses(journal: string): Promise<Record<string, string>> {
  const known = await readFile(join(journal, "deployed_addresses.json"), "utf8").catch(() => "{}");
  return JSON.parse(known) as Record<string, string>;
}
