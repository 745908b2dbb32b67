import type { RollupConfig, RollupUserConfig } from "./config/types.js";
import type { RollupConnection } from "./connection.js";

import "hardhat/types/config";
import "hardhat/types/network";

declare module "hardhat/types/config" {
  interface HardhatUserConfig {
    /** Chains of this project and what they are made of. */
    rollup?: RollupUserConfig;
  }

  interface HardhatConfig {
    rollup: RollupConfig;
  }
}

declare module "hardhat/types/network" {
  // The parameter has to be named as in the interface that is extended, though nothing here depends on it.
  interface NetworkConnection<
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
    ChainTypeT extends ChainType | string = DefaultChainType,
  > {
    /** Deploys and opens chains on this network. */
    rollup: RollupConnection;
  }
}
