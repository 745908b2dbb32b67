import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import { worstFee } from "./fees.js";
import type { Intent, JournalAccount } from "./intent.js";
import type { TransactionJournal } from "./transactionJournal.js";

/** The most that an account may spend, in wei; what is absent is not limited. */
export interface BudgetLimits {
  /** For gas and blob gas, within 24 hours. */
  readonly feesPerDay?: bigint;
  /** For gas and blob gas, for as long as the journal is kept. */
  readonly fees?: bigint;
  /** Bonds and deposits, within 24 hours. */
  readonly valuePerDay?: bigint;
}

/** What an account has spent or may have to, in wei. */
export interface Spendings {
  readonly fees: bigint;
  readonly value: bigint;
}

const DAY = 86_400_000;

/** A transaction would take more than the budget has left. */
export class BudgetExceededError extends RollupError {
  public constructor(text: string, limit: keyof BudgetLimits, allowed: bigint, spent: bigint, needed: bigint) {
    super("BUDGET_EXCEEDED", `The budget does not allow to: ${text}.`, {
      limit: `${limit}, ${formatAmount(allowed)}`,
      spent: `${formatAmount(spent)}, what may still be mined at its highest offer included`,
      needed: `${formatAmount(needed)} at most`,
      do: "raise the limit, or wait",
    });
  }
}

/**
 * What an account may spend, by its journal. An intent that waits counts with the most that any of its attempts can take, until it is known what it
 * took: so the limits hold whichever of them is mined.
 */
export class Budget {
  /** Of intents that nothing changes any more. */
  private readonly settled: { readonly at: number; readonly spendings: Spendings }[] = [];
  private readonly counted = new Set<number>();

  public constructor(
    private readonly journal: TransactionJournal,
    private readonly account: JournalAccount,
    private readonly limits: BudgetLimits,
  ) {
    for (const intent of journal.all(account)) this.settle(intent);
  }

  /** Tells that nothing changes an intent any more. */
  public settle(intent: Intent): void {
    if (intent.status !== "final" || this.counted.has(intent.id)) return;
    this.counted.add(intent.id);
    this.settled.push({ at: intent.mined?.at ?? intent.at, spendings: spendingsOf(intent) });
  }

  /** What was spent, and may still be, since a time in milliseconds. @param without An intent that is left out. */
  public spent(since = 0, without?: Pick<Intent, "id">): Spendings {
    const settled = this.settled.filter(({ at }) => at >= since).map(({ spendings }) => spendings);
    const open = this.journal.open(this.account).filter(({ id }) => id !== without?.id);
    return [...settled, ...open.map(spendingsOf)].reduce(sum, { fees: 0n, value: 0n });
  }

  /**
   * Makes sure that a transaction stays within the limits, whatever it takes.
   * @param worst The most that it can take. @param intent The one that is to be replaced.
   * @throws {BudgetExceededError}
   */
  public require(text: string, worst: Spendings, now: number, intent?: Pick<Intent, "id">): void {
    const [day, ever] = [this.spent(now - DAY, intent), this.spent(0, intent)];
    const { feesPerDay, fees, valuePerDay } = this.limits;
    requireWithin(text, "feesPerDay", feesPerDay, day.fees, worst.fees);
    requireWithin(text, "fees", fees, ever.fees, worst.fees);
    requireWithin(text, "valuePerDay", valuePerDay, day.value, worst.value);
  }
}

/** What an intent has taken, or the most that it can. */
export function spendingsOf({ status, mined, attempts, transaction }: Intent): Spendings {
  if (status === "abandoned") return { fees: 0n, value: 0n };
  if (status === "final" && mined !== undefined) {
    return { fees: mined.fee, value: mined.succeeded ? transaction.value : 0n };
  }
  const worst = attempts.map((attempt) => worstFee(transaction, attempt));
  return { fees: worst.reduce((a, b) => (a > b ? a : b), 0n), value: transaction.value };
}

function requireWithin(
  text: string,
  limit: keyof BudgetLimits,
  allowed: bigint | undefined,
  spent: bigint,
  needed: bigint,
): void {
  if (allowed !== undefined && spent + needed > allowed) {
    throw new BudgetExceededError(text, limit, allowed, spent, needed);
  }
}

function sum(a: Spendings, b: Spendings): Spendings {
  return { fees: a.fees + b.fees, value: a.value + b.value };
}
