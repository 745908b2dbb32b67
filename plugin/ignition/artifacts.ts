import type { Artifact } from "hardhat/types/artifacts";

import { MACHINES, type MachineName } from "../machineTable.js";

/** The contracts that chains are deployed from, and the files below `contracts/` that hold them. */
export const PART_SOURCES = {
  CalldataSource: "sources/CalldataSource.sol",
  BlobSource: "sources/BlobSource.sol",
  CommitteeSource: "sources/CommitteeSource.sol",
  Committee: "committee/Committee.sol",
  CalldataHistory: "dispute/CalldataHistory.sol",
  BlobHistory: "dispute/BlobHistory.sol",
  PreimageStore: "machines/PreimageStore.sol",
  RuleFactory: "rules/RuleFactory.sol",
  Inbox: "Inbox.sol",
  Rollup: "Rollup.sol",
  Bridge: "Bridge.sol",
  Messenger: "Messenger.sol",
  RollupFactory: "RollupFactory.sol",
} as const;

export type PartName = keyof typeof PART_SOURCES;
export type PartArtifacts = Readonly<Record<PartName, Artifact>>;

/** The contracts that a chain is deployed from. */
export interface ChainArtifacts {
  readonly parts: PartArtifacts;
  readonly machine: Artifact;
}

/**
 * Loads the artifacts of all parts and of one machine.
 * @param artifactOf Gives the artifact of the contract in a file below `contracts/`.
 */
export async function loadChainArtifacts(
  artifactOf: (source: string) => Promise<Artifact>,
  machine: MachineName,
): Promise<ChainArtifacts> {
  return { parts: await loadPartArtifacts(artifactOf), machine: await artifactOf(MACHINES[machine].contract) };
}

async function loadPartArtifacts(artifactOf: (source: string) => Promise<Artifact>): Promise<PartArtifacts> {
  const names = Object.keys(PART_SOURCES) as PartName[];
  const loaded = await Promise.all(names.map(async (name) => [name, await artifactOf(PART_SOURCES[name])] as const));
  return Object.fromEntries(loaded) as PartArtifacts;
}
