import { resolve } from "node:path";

import { ConfigError } from "../errors.js";
import { NODE_DEFAULTS, type SpendingLimits } from "../service/nodeConfig.js";
import { formatAmount, parseAmount } from "./amount.js";
import { parseDuration } from "./duration.js";
import type { ChainConfig, NodeBudgetUserConfig, NodeUserConfig } from "./types.js";

/**
 * What `rollup:node` does, with everything explicit.
 * @param root The project's, to which the path of the file is relative. @param path Of the chain, for errors.
 * @throws {ConfigError} If more is offered while there is time than when there is none.
 */
export function resolveNode(user: NodeUserConfig = {}, root: string, path = ""): ChainConfig["node"] {
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
    spending: resolveSpending(user.budget, `${path}.node.budget`),
  };
}

function resolveSpending(user: NodeBudgetUserConfig = {}, path: string): SpendingLimits {
  const limit = (name: "perDay" | "total" | "bondsPerDay"): bigint | undefined => parseAmount(user[name]);
  const { spending } = NODE_DEFAULTS;
  const fees = (
    name: "maxFeePerGas" | "maxFeePerBlobGas",
    urgentName: "urgentMaxFeePerGas" | "urgentMaxFeePerBlobGas",
  ) => {
    const most = parseAmount(user[name]) ?? spending[name];
    const usual = most > spending[urgentName] ? most : spending[urgentName];
    const urgent = parseAmount(user[urgentName]) ?? usual;
    if (urgent >= most) return { [name]: most, [urgentName]: urgent };
    const expected = `at least ${name}, ${formatAmount(most)}`;
    throw new ConfigError([{ path: `${path}.${urgentName}`, expected, given: user[urgentName] }]);
  };
  return {
    ...spending,
    budget: { feesPerDay: limit("perDay"), fees: limit("total"), valuePerDay: limit("bondsPerDay") },
    ...fees("maxFeePerGas", "urgentMaxFeePerGas"),
    ...fees("maxFeePerBlobGas", "urgentMaxFeePerBlobGas"),
  };
}
