import type { Signer } from "ethers";

import type { Chain } from "./chain.js";
import type { Program } from "./machines/machine.js";
import type { Deployment } from "./deployments.js";

/** A chain that was just deployed, and what it took. */
export interface Deployed {
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly gas: bigint;
  readonly transactions: number;
}

/**
 * Deploys a chain's contracts (implementations once for each network, the chain as clones).
 * `config` is `hre.config.rollup.chains[name]`, `connection` a Hardhat network connection with ethers and Ignition.
 */
export type DeployChain<Config, Connection> = (options: {
  readonly name: string;
  readonly config: Config;
  readonly connection: Connection;
  readonly program: Program;
  readonly signer?: Signer;
}) => Promise<Deployed>;
