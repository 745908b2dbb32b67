import type { NetworkConnection } from "hardhat/types/network";

import { selectChain } from "./config/selectChain.js";
import type { ChainConfig, RollupConfig } from "./config/types.js";

/** What `connection.rollup` offers: the project's chains on one network. */
export class RollupConnection {
  public constructor(
    private readonly rollup: RollupConfig,
    private readonly connection: NetworkConnection,
  ) {}

  /** The network's name. */
  public get network(): string {
    return this.connection.networkName;
  }

  /**
   * A chain's configuration with every part explicit; the only chain's, if none is named.
   * @throws {RollupError} If there is no such chain.
   */
  public config(name?: string): ChainConfig {
    return selectChain(this.rollup, name);
  }
}
