import type { HookContext, NetworkHooks } from "hardhat/types/hooks";
import type { ChainType, NetworkConnection } from "hardhat/types/network";

import type { RollupConnection as Rollup } from "../connection.js";

/** Gives every connection its `rollup`; what it does is loaded when it is first used. */
export default (): Promise<Partial<NetworkHooks>> =>
  Promise.resolve({
    async newConnection<ChainTypeT extends ChainType | string>(
      context: HookContext,
      next: (nextContext: HookContext) => Promise<NetworkConnection<ChainTypeT>>,
    ) {
      const connection: NetworkConnection<ChainTypeT> = await next(context);
      const { RollupConnection } = await import("../connection.js");
      const { config } = context;
      let rollup: Rollup | undefined;
      Object.defineProperty(connection, "rollup", {
        enumerable: true,
        get: () =>
          (rollup ??= new RollupConnection(
            config.rollup,
            connection as unknown as NetworkConnection,
            config.paths.root,
          )),
      });
      return connection;
    },
  });
