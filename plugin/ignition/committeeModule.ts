import {
  buildModule,
  type Abi,
  type ContractDeploymentFuture,
  type IgnitionModule,
} from "@nomicfoundation/ignition-core";
import { id } from "ethers";

import type { CertifiedSourceConfig, CommitteeConfig } from "../config/types.js";
import type { PartArtifacts } from "./artifacts.js";

/** The module of a committee. */
export type CommitteeModule = IgnitionModule<string, string, { committee: ContractDeploymentFuture<Abi> }>;
/** The module of a source that a committee keeps. */
export type CommitteeSourceModule = IgnitionModule<string, string, { source: ContractDeploymentFuture<Abi> }>;

/**
 * The module that deploys a committee. Its id depends on the committee's name, what it is made of and its code: a deployment that is kept
 * deploys it once, for all chains that name it.
 */
export function committeeModule({ Committee }: PartArtifacts, config: CommitteeConfig): CommitteeModule {
  const { token, stake, size, epochBlocks, freezeBlocks, unbonding, reporterShare } = config;
  const parameters = { token, stake, size, epochBlocks, freezeBlocks, unbonding, reporterShare };
  const moduleId = idOf(`Committee_${config.name}`, [config.name, ...Object.values(parameters), Committee.bytecode]);
  return buildModule(moduleId, (m) => ({ committee: m.contract("Committee", Committee, [parameters]) }));
}

/** The module that deploys the source of a committee's batches, for all chains with the same terms. */
export function committeeSourceModule(
  artifacts: PartArtifacts,
  committee: CommitteeModule,
  { quorum, retention }: CertifiedSourceConfig,
): CommitteeSourceModule {
  const { CommitteeSource } = artifacts;
  const moduleId = idOf("CommitteeSource", [committee.id, quorum, retention, CommitteeSource.bytecode]);
  return buildModule(moduleId, (m) => {
    const terms = [m.useModule(committee).committee, quorum, retention];
    return { source: m.contract("CommitteeSource", CommitteeSource, terms) };
  });
}

function idOf(name: string, parts: readonly (string | number | bigint)[]): string {
  return `${name.replace(/\W/g, "_")}_${id(parts.join()).slice(2, 14)}`;
}
