import type { BudgetLimits } from "./budget.js";
import { FEE_LIMITS, type FeeLimits } from "./fees.js";
import type { Finality } from "./finality.js";

/** How an account's transactions are sent. */
export interface SendingPolicy extends FeeLimits {
  /** A transaction that so many blocks have left out is sent again with higher fees; 3 if absent. */
  readonly stuckAfterBlocks: number;
  /** So long before a clock runs out it is an alarm that a transaction is not mined, in seconds; 1 hour if absent. */
  readonly alarmBefore: bigint;
  /** Below it a balance is an alarm, in wei, after all that waits is paid; 0 if absent. */
  readonly minBalance: bigint;
  readonly budget: BudgetLimits;
  /** Up to where nothing is replaced any more; what the provider calls final if absent. */
  readonly finality: Finality | undefined;
  /** How often it looks at what waits, in milliseconds, once it was not mined at once; 1,000 if absent. */
  readonly pollEvery: number;
}

export const SENDING_POLICY: SendingPolicy = {
  ...FEE_LIMITS,
  stuckAfterBlocks: 3,
  alarmBefore: 3_600n,
  minBalance: 0n,
  budget: {},
  finality: undefined,
  pollEvery: 1_000,
};
