import { definePlugin } from "hardhat/plugins";
import type { HardhatPlugin } from "hardhat/types/plugins";

import { TASKS } from "../tasks/index.js";
import { PLUGIN_ID } from "./errors.js";

export type * from "./typeExtensions.js";
export type * from "./config/types.js";
export { ConfigError, PlannedError, RollupError } from "./errors.js";
export * from "./rules/builders.js";
export * from "./sources/builders.js";

const hardhatRollup: HardhatPlugin = definePlugin({
  id: PLUGIN_ID,
  npmPackage: "hardhat-rollup",
  dependencies: () => [import("@nomicfoundation/hardhat-ethers"), import("@nomicfoundation/hardhat-ignition-ethers")],
  hookHandlers: {
    config: () => import("./hooks/config.js"),
    network: () => import("./hooks/network.js"),
  },
  tasks: TASKS,
});

export default hardhatRollup;
