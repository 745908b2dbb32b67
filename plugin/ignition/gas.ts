import {
  FutureType,
  isFuture,
  type ContractDeploymentFuture,
  type Future,
  type IgnitionModule,
} from "@nomicfoundation/ignition-core";
import { ContractFactory, getBytes, Interface, type Signer } from "ethers";

import type { RuleConfig } from "../config/types.js";
import { countRules } from "./ruleNodes.js";

/** What making a chain's clones takes, and one rule: the network cannot be asked before it has their factories. */
const CHAIN_GAS = 600_000n;
const RULE_GAS = 90_000n;

/** For a byte of code that makes a contract: 200 to keep it, up to 16 to send it, and what the constructor and the transaction take. */
const GAS_OF_CODE = 220n;

/** A tenth is added: storage that is written first, and networks that count a little more than they estimate. */
const MARGIN_DIVISOR = 10n;

/**
 * The gas that deploying a chain's module takes, with a margin.
 * @param rule The chain's. @param done What is there already, by Ignition's ids; calls are not among them.
 */
export async function estimateDeployment(
  module: IgnitionModule,
  rule: RuleConfig,
  signer: Signer,
  done: Readonly<Record<string, string>>,
): Promise<bigint> {
  const isThere = ({ id }: Future): boolean => id in done;
  if ([...module.futures].some(isThere)) return 0n;
  const missing = [...futuresOf(module)].filter((future) => !isThere(future));
  const parts = await Promise.all(missing.filter(isDeployment).map((future) => creationGas(future, signer)));
  const gas = parts.reduce((sum, part) => sum + part, CHAIN_GAS + RULE_GAS * BigInt(countRules(rule)));
  return gas + gas / MARGIN_DIVISOR;
}

/** Each once, also where two modules are made of the same third. */
function futuresOf(module: IgnitionModule): Set<Future> {
  return new Set([...[...module.submodules].flatMap((part) => [...futuresOf(part)]), ...module.futures]);
}

function isDeployment(future: Future): future is ContractDeploymentFuture {
  return future.type === FutureType.CONTRACT_DEPLOYMENT;
}

/** As the network says; by its code's length where the constructor looks at parts that are not there yet. */
async function creationGas({ artifact, constructorArgs }: ContractDeploymentFuture, signer: Signer): Promise<bigint> {
  const address = await signer.getAddress();
  const factory = new ContractFactory(new Interface(artifact.abi as []), artifact.bytecode);
  const known = constructorArgs.map((argument) => (isFuture(argument) ? address : argument));
  const transaction = await factory.getDeployTransaction(...known);
  return signer.estimateGas(transaction).catch(() => GAS_OF_CODE * BigInt(getBytes(artifact.bytecode).length));
}
