import type { NetworkConfigOverride } from "hardhat/types/config";
import type { NetworkConnection } from "hardhat/types/network";

import { blobAccess } from "../blobs/access.js";
import { MemoryStore } from "../blobs/memoryStore.js";
import { Chain } from "../chain.js";
import { BatchMemory } from "../committee/batchPlace.js";
import { committeeAccess } from "../committee/openAccess.js";
import type { ChainConfig } from "../config/types.js";
import { checkProgram, type Deployment } from "../deployments.js";
import type { Deployed } from "../deploy.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { Program } from "../machines/machine.js";
import { readEnd } from "./end.js";
import { replay } from "./replay.js";
import { readSnapshot, type Snapshot } from "./snapshot.js";

/**
 * How an embedded network has to be so that a snapshot can be restored in it: of the same chain id, and with a clock that stands before the
 * snapshot's first block. To be given to `network.create({ network, override })`.
 * @param file A snapshot's path. @throws {RollupError} `SNAPSHOT_UNREADABLE`.
 */
export async function snapshotNetwork(file: string): Promise<NetworkConfigOverride> {
  return networkOf(await readSnapshot(file));
}

/** The same, of a snapshot that was read. */
export function networkOf({ deployment, blocks, head }: Snapshot): NetworkConfigOverride {
  const [first] = [...blocks, head];
  return {
    chainId: deployment.chainId,
    initialDate: new Date((first.timestamp - first.number) * 1_000),
    allowBlocksWithSameTimestamp: true,
  };
}

/**
 * Makes a snapshot's chain on an embedded network, with its contracts at their addresses and all its events, and makes sure that it stands as it
 * stood.
 * @throws {RollupError} `SNAPSHOT_NETWORK` if the network is not embedded, not fresh, of another chain id or later than the snapshot;
 * `SNAPSHOT_DIFFERS`, `GUEST_MISMATCH`.
 */
export async function restoreChain(
  connection: NetworkConnection,
  config: ChainConfig,
  program: Program,
  snapshot: Snapshot,
): Promise<Deployed> {
  checkProgram(snapshot.deployment, program.hash);
  await requireFresh(connection, snapshot);
  await replay(connection.provider, snapshot);
  const { provider } = connection.ethers;
  const genesis = await provider.getBlock(0);
  const { deployment: recorded } = snapshot;
  const deployment: Deployment = { ...recorded, network: connection.networkName, genesisBlock: genesis!.hash as Hex };
  const blobs = blobAccess(connection, await storeOf(snapshot));
  const committee = await committeeAccess(deployment, config, provider, new BatchMemory());
  const chain = await Chain.connect(deployment, provider, blobs, committee);
  await requireEnd(chain, snapshot);
  return { chain, deployment, config: { ...config, history: deployment.history }, gas: 0n, transactions: 0 };
}

async function requireFresh({ networkConfig, ethers }: NetworkConnection, snapshot: Snapshot): Promise<void> {
  const { deployment, blocks, head } = snapshot;
  const [first] = [...blocks, head];
  const [{ chainId }, latest] = await Promise.all([ethers.provider.getNetwork(), ethers.provider.getBlock("latest")]);
  const refuse = (given: string, expected: string): RollupError =>
    new RollupError("SNAPSHOT_NETWORK", "The snapshot cannot be restored on this network.", {
      given,
      expected,
      do: "network.create({ network, override: await snapshotNetwork(file) })",
    });
  if (networkConfig.type !== "edr-simulated")
    throw refuse(`a network of type "${networkConfig.type}"`, "an embedded network");
  if (Number(chainId) !== deployment.chainId) throw refuse(`chain id ${chainId}`, `chain id ${deployment.chainId}`);
  if (latest!.number !== 0) throw refuse(`${latest!.number} blocks`, "no block but the first");
  if (latest!.timestamp < first.timestamp) return;
  throw refuse(`a clock at ${latest!.timestamp}`, `one before ${first.timestamp}`);
}

async function requireEnd(chain: Chain, { end }: Snapshot): Promise<void> {
  const found = await readEnd(chain);
  for (const name of Object.keys(end) as (keyof typeof end)[]) {
    if (found[name] === end[name]) continue;
    const facts = { found: `${name} ${found[name]}`, expected: end[name] };
    throw new RollupError("SNAPSHOT_DIFFERS", "The restored chain does not stand as it stood.", facts);
  }
}

async function storeOf({ blobs }: Snapshot): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const { data, commitment } of Object.values(blobs)) {
    await store.put(new Uint8Array(Buffer.from(data, "base64")), commitment);
  }
  return store;
}
