import { resolve } from "node:path";

import { NODE_DEFAULTS } from "../service/nodeConfig.js";
import { parseDuration } from "./duration.js";
import type { ChainConfig, NodeUserConfig } from "./types.js";

/** What `rollup:node` does, with everything explicit. @param root The project's, to which the path of the file is relative. */
export function resolveNode(user: NodeUserConfig = {}, root: string): ChainConfig["node"] {
  const seconds = (name: "batchInterval" | "assertInterval" | "poll" | "snapshotInterval"): number =>
    parseDuration(user[name]) ?? NODE_DEFAULTS[name];
  return {
    batchInterval: seconds("batchInterval"),
    batchBytes: user.batchBytes ?? NODE_DEFAULTS.batchBytes,
    assertInterval: seconds("assertInterval"),
    poll: seconds("poll"),
    snapshotInterval: seconds("snapshotInterval"),
    database: user.database === undefined ? undefined : resolve(root, user.database),
    host: user.host ?? NODE_DEFAULTS.host,
    port: user.port ?? NODE_DEFAULTS.port,
    requestsPerMinute: user.requestsPerMinute ?? NODE_DEFAULTS.requestsPerMinute,
    logLevel: user.logLevel ?? NODE_DEFAULTS.logLevel,
  };
}
