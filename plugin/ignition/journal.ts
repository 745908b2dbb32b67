import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { EIP1193Provider } from "@nomicfoundation/ignition-core";
import type { Provider } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { mendJournal } from "./mend.js";
import { mendAddresses, readMessages } from "./messages.js";

/** Chain id of Hardhat's own networks and of Anvil, where nobody has to wait for blocks. */
export const DEVELOPMENT_CHAIN_ID = 31337n;

/** Under what id Ignition keeps its journal of a settlement layer: a restarted development node is another network. */
export function deploymentId(chainId: bigint | number, genesisBlock: Hex): string {
  return `rollup-${chainId}-${genesisBlock.slice(2, 14)}`;
}

/** The folder of a deployment, below Ignition's. */
export function journalOf(folder: string, deployment: string): string {
  return join(folder, "deployments", deployment);
}

/**
 * Makes what Ignition remembers of a settlement layer such that a deployment can go on from it. A journal of a development node that was restarted is
 * thrown away; what was interrupted is mended, see `mendJournal`.
 * @param folder Ignition's, `config.paths.ignition`.
 * @returns What was done, as sentences.
 * @throws {RollupError} `JOURNAL_CONTRADICTED` if another network than a development node lacks what was deployed, and as `mendJournal`.
 */
export async function prepareJournal(folder: string, rpc: EIP1193Provider, provider: Provider): Promise<string[]> {
  const [{ chainId }, genesis] = await Promise.all([provider.getNetwork(), provider.getBlock(0)]);
  if (!genesis?.hash) return [];
  const journal = journalOf(folder, deploymentId(chainId, genesis.hash as Hex));
  await mendAddresses(journal, await readMessages(journal));
  const missing = await missingContract(journal, provider);
  if (missing === undefined) return mendJournal(journal, rpc, provider);
  if (chainId !== DEVELOPMENT_CHAIN_ID) throw contradicted(journal, missing);
  await rm(journal, { recursive: true });
  return ["the network was restarted since the last deployment, of which nothing is left"];
}

/** A contract that was deployed and is not there. */
async function missingContract(journal: string, provider: Provider): Promise<string | undefined> {
  for (const address of Object.values(await deployedAddresses(journal))) {
    if ((await provider.getCode(address)) === "0x") return address;
  }
  return undefined;
}

/** A real network does not restart: its node lags behind, or a reorganization has taken the contract. */
function contradicted(journal: string, address: string): RollupError {
  return new RollupError("JOURNAL_CONTRADICTED", "The network does not have a contract that was deployed to it.", {
    expected: `code at ${address}`,
    journal,
    do: "wait until the network's node has caught up; if a reorganization took the contract, move the journal away and deploy anew",
  });
}

/**
 * What Ignition has deployed, by its ids.
 * @param journal The deployment's folder; there need not be one.
 */
export async function deployedAddresses(journal: string): Promise<Record<string, string>> {
  const known = await readFile(join(journal, "deployed_addresses.json"), "utf8").catch(() => "{}");
  return JSON.parse(known) as Record<string, string>;
}

/** The same; nothing, if they are of a node that was restarted since. */
export async function standingAddresses(journal: string, provider: Provider): Promise<Record<string, string>> {
  return (await missingContract(journal, provider)) === undefined ? deployedAddresses(journal) : {};
}
