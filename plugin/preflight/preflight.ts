import { artifactOf } from "../artifacts.js";
import type { ChainConfig } from "../config/types.js";
import { planChain, type DeployOptions } from "../deploy.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { loadChainArtifacts } from "../ignition/artifacts.js";
import { checkAccounts } from "./accountChecks.js";
import type { Check } from "./check.js";
import { checkNetwork } from "./networkChecks.js";

/** What deploying a chain will take, and whether it will work. */
export interface Preflight {
  readonly chainId: bigint;
  /** With the histories that were chosen. */
  readonly config: ChainConfig;
  /** A bound of what is missing of the deployment; 0 if it is all there. */
  readonly gas: bigint;
  /** That, at the network's present price, in wei. */
  readonly fee: bigint;
  readonly checks: readonly Check[];
}

/**
 * Looks at everything that deploying and running a chain will need, before anything is spent or written.
 * @param folder Ignition's, `config.paths.ignition`.
 * @throws {RollupError} As `deployChain`.
 */
export async function preflight(options: DeployOptions, folder: string): Promise<Preflight> {
  const { connection } = options;
  const { provider } = connection.ethers;
  const { config, gas, chainId } = await planChain(options, folder);
  const fees = await provider.getFeeData();
  const gasPrice = fees.gasPrice ?? fees.maxFeePerGas ?? 0n;
  const request = (method: string, params: readonly unknown[]): Promise<unknown> =>
    connection.provider.request({ method, params: [...params] });
  const checks = [
    ...(await checkNetwork(request, config, await largestContract(config))),
    ...(await checkAccounts(connection, config, gas * gasPrice, gasPrice)),
  ];
  return { chainId, config, gas, fee: gas * gasPrice, checks };
}

/**
 * Makes sure that nothing was found that makes a deployment useless.
 * @throws {RollupError} `NETWORK_UNSUITABLE`, with all that is missing; what accounts lack is `requireFunds`' to say.
 */
export function requireSuitable({ checks }: Preflight, network: string): void {
  const impossible = checks.filter(({ result, name }) => result === "impossible" && !name.startsWith("deployer"));
  if (impossible.length === 0) return;
  throw new RollupError("NETWORK_UNSUITABLE", `Network "${network}" lacks what the chain needs.`, {
    ...Object.fromEntries(impossible.map(({ name, found, needed }) => [name, `${found}, needed: ${needed}`])),
    do: "choose another network, or parts that need less: see Configuration in the README",
  });
}

/** Of those that are made without looking at others. */
async function largestContract(config: ChainConfig): Promise<{ readonly size: number; readonly creation: Hex }> {
  const { parts } = await loadChainArtifacts(artifactOf, config.machine);
  const { bytecode, deployedBytecode } = parts.Rollup;
  return { size: deployedBytecode.length / 2 - 1, creation: bytecode as Hex };
}
