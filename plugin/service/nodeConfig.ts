import type { BudgetLimits } from "../l1/budget.js";
import { FEE_LIMITS, type FeeLimits } from "../l1/fees.js";

/** What each account that acts for a node may spend, and offer for a unit of gas. */
export interface SpendingLimits extends Omit<FeeLimits, "urgentBefore"> {
  readonly budget: BudgetLimits;
}

/** How a node runs a chain; times in seconds. What `rollup.chains.<name>.node` becomes. */
export interface NodeConfig {
  /** How long a transaction waits for its batch at most. */
  readonly batchInterval: number;
  /** A batch is posted as soon as it has so many bytes, and has no more. */
  readonly batchBytes: number;
  /** How long after the last assertion the next is made. */
  readonly assertInterval: number;
  /** How often the settlement layer is looked at. */
  readonly poll: number;
  readonly host: string;
  /** A free one if 0. */
  readonly port: number;
  /** Requests that one address may make in a minute. */
  readonly requestsPerMinute: number;
  /** How often the machine is written down at most: as long takes it to come back after a kill. */
  readonly snapshotInterval: number;
  readonly logLevel: LogLevel;
  readonly spending: SpendingLimits;
}

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const { maxFeePerGas, urgentMaxFeePerGas, maxFeePerBlobGas, urgentMaxFeePerBlobGas } = FEE_LIMITS;

export const NODE_DEFAULTS: NodeConfig = {
  batchInterval: 10,
  batchBytes: 100_000,
  assertInterval: 3_600,
  poll: 4,
  host: "127.0.0.1",
  port: 0,
  requestsPerMinute: 6_000,
  snapshotInterval: 5,
  logLevel: "info",
  spending: { budget: {}, maxFeePerGas, urgentMaxFeePerGas, maxFeePerBlobGas, urgentMaxFeePerBlobGas },
};

/** What a node does for its chain. */
export const NODE_ROLES = ["sequencer", "asserter", "challenger"] as const;
export type NodeRole = (typeof NODE_ROLES)[number];
