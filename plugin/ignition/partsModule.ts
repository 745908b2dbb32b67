import {
  buildModule,
  type Abi,
  type ContractAtFuture,
  type ContractDeploymentFuture,
  type IgnitionModule,
} from "@nomicfoundation/ignition-core";
import { id } from "ethers";

import type { Artifact } from "hardhat/types/artifacts";

import type { PartArtifacts } from "./artifacts.js";

/** What all chains of a settlement layer share. */
export type Parts = Readonly<
  Record<
    "calldataSource" | "blobSource" | "calldataHistory" | "blobHistory" | "preimages" | "rules" | "factory",
    ContractDeploymentFuture<Abi>
  >
>;

/** The same, with the history and the machine that a chain uses. */
export type DeployedParts = Parts & Readonly<Record<"history" | "machine", ContractDeploymentFuture<Abi>>>;

/** The contracts of one chain. */
export type ChainContracts = Readonly<
  Record<"rule" | "rollup" | "inbox" | "bridge" | "messenger", ContractAtFuture<Abi>>
>;

/**
 * The module that deploys what all chains of a settlement layer share: sources, histories, the implementations that
 * chains are clones of, and the factories. Its id depends on their code: a deployment that is kept deploys these once, and again
 * when they have changed.
 */
export function partsModule(artifacts: PartArtifacts): IgnitionModule<string, string, Parts> {
  // Committees are modules of their own: they outlive new versions of the other parts.
  const { Committee: _committee, CommitteeSource: _source, ...parts } = artifacts;
  return buildModule(`RollupParts_${hashOf(Object.values(parts))}`, (m) => {
    const calldataSource = m.contract("CalldataSource", artifacts.CalldataSource);
    const blobSource = m.contract("BlobSource", artifacts.BlobSource);
    const calldataHistory = m.contract("CalldataHistory", artifacts.CalldataHistory);
    const blobHistory = m.contract("BlobHistory", artifacts.BlobHistory);
    const preimages = m.contract("PreimageStore", artifacts.PreimageStore);
    const rules = m.contract("RuleFactory", artifacts.RuleFactory);
    const inbox = m.contract("Inbox", artifacts.Inbox);
    const rollup = m.contract("Rollup", artifacts.Rollup);
    const bridge = m.contract("Bridge", artifacts.Bridge);
    const messenger = m.contract("Messenger", artifacts.Messenger);
    const factory = m.contract("RollupFactory", artifacts.RollupFactory, [inbox, rollup, bridge, messenger]);
    return { calldataSource, blobSource, calldataHistory, blobHistory, preimages, rules, factory };
  });
}

/** The module that deploys a machine beside the parts of `shared`; chains of other machines have those in common with it. */
export function machineModule(
  shared: ReturnType<typeof partsModule>,
  artifact: Artifact,
): IgnitionModule<string, string, { readonly machine: ContractDeploymentFuture<Abi> }> {
  const { contractName } = artifact;
  return buildModule(`${shared.id}_${contractName}_${hashOf([artifact])}`, (m) => {
    const { preimages } = m.useModule(shared);
    return { machine: m.contract(contractName, artifact, [preimages]) };
  });
}

function hashOf(artifacts: readonly Artifact[]): string {
  const bytecodes = artifacts.map(({ bytecode }) => bytecode);
  return id(bytecodes.join()).slice(2, 14);
}
