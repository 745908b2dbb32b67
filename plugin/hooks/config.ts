import type { ConfigHooks } from "hardhat/types/hooks";

/** Reads `config.rollup`; what is wrong is refused with this package's own errors, all of it at once. */
export default async (): Promise<Partial<ConfigHooks>> => ({
  async validateUserConfig(userConfig) {
    const { checkRollupShape } = await import("../config/schema.js");
    if (userConfig.rollup !== undefined) checkRollupShape(userConfig.rollup);
    return [];
  },

  async resolveUserConfig(userConfig, resolveConfigurationVariable, next) {
    const config = await next(userConfig, resolveConfigurationVariable);
    const { resolveRollup } = await import("../config/resolve.js");
    return { ...config, rollup: resolveRollup(userConfig.rollup, config.paths.root, resolveConfigurationVariable) };
  },
});
