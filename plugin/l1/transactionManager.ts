import type { Provider } from "ethers";

import type { BlobAccess } from "../blobs/access.js";
import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { ActionKind, OnEvent } from "../node/events.js";
import { Budget, spendingsOf } from "./budget.js";
import { limitsAt, offerOf, readMarket, worstFee, type Fees, type Market } from "./fees.js";
import { isOpen, holdsKey, type IntendedTransaction, type Intent, type JournalAccount } from "./intent.js";
import { IntentKeeper } from "./intentKeeper.js";
import { pointReached } from "./killPoints.js";
import { SENDING_POLICY, type SendingPolicy } from "./sendingPolicy.js";
import { proveBlobs } from "./signing.js";
import type { TransactionJournal } from "./transactionJournal.js";

/** What an account is to do on its settlement layer. */
export interface SendRequest {
  /** What it is for: the same thing is done once, however often it is asked for and whoever is killed meanwhile. */
  readonly key: string;
  readonly action: ActionKind;
  /** For people. */
  readonly text: string;
  readonly transaction: IntendedTransaction;
  /** Until when it must be mined to be of use, by the settlement layer's clock in seconds. */
  readonly until?: bigint;
}

/** What a manager works with. */
export interface ManagerOptions {
  readonly account: Hex;
  /** The account's private key. */
  readonly key: Hex;
  readonly provider: Provider;
  /** Speaks to the settlement layer as it is; what is broadcast goes to all of its endpoints. */
  readonly request: BlobAccess["request"];
  readonly journal: TransactionJournal;
  /** Without it, transactions with blobs are refused. */
  readonly blobs?: BlobAccess;
  readonly policy?: Partial<SendingPolicy>;
  readonly onEvent?: OnEvent;
  /** In milliseconds. */
  readonly clock?: () => number;
}

/** How soon it looks at what was just sent, in milliseconds. */
const SOON = 50;

interface Waiter {
  readonly resolve: (intent: Intent) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Sends one account's transactions, any number at once: gives them nonces, writes them down before anybody else can see them, broadcasts them, replaces
 * those that are stuck, and sends again what a reorganization has undone, until all are final. One manager has an account at a time, and nothing
 * else should send from it.
 */
export class TransactionManager {
  private readonly waiting = new Map<number, Waiter[]>();
  private readonly keeper: IntentKeeper;
  private readonly budget: Budget;
  /** How often things were done that are done again and again. */
  private readonly done = new Map<string, number>();
  private queue: Promise<unknown> = Promise.resolve();
  private ticking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Until the next look, in milliseconds: development networks mine at once. */
  private pause = SOON;
  private closed = false;

  private constructor(
    private readonly options: ManagerOptions & { readonly clock: () => number },
    private readonly policy: SendingPolicy,
    private readonly account: JournalAccount,
  ) {
    this.budget = new Budget(options.journal, account, policy.budget);
    this.keeper = new IntentKeeper(options, policy, account, this.budget, (intent) => this.changed(intent));
  }

  /** Takes an account over, with what a process before this one has left undone: that is looked for, and sent if it was not. */
  public static async open(options: ManagerOptions): Promise<TransactionManager> {
    const { chainId } = await options.provider.getNetwork();
    const account = { account: options.account.toLowerCase() as Hex, chainId };
    const policy = { ...SENDING_POLICY, ...options.policy };
    const manager = new TransactionManager({ clock: Date.now, ...options }, policy, account);
    await manager.tick();
    return manager;
  }

  /** What was begun under a key and may be or was done; undefined if it is free. */
  public find(key: string): Intent | undefined {
    const intent = this.options.journal.find(this.account, key);
    return intent !== undefined && holdsKey(intent) ? intent : undefined;
  }

  /**
   * A key for what is done again and again: the same as long as what was begun under it is not mined, also for a process that is started meanwhile. To be
   * asked for before it is looked whether there is anything to do: what is mined in between is found under it.
   */
  public recurringKey(name: string): string {
    let count = this.done.get(name) ?? 0;
    const isDone = (place: number): boolean => this.find(`${name}:${place}`)?.mined !== undefined;
    // A reorganization may have undone it.
    while (count > 0 && !isDone(count - 1)) count -= 1;
    while (isDone(count)) count += 1;
    this.done.set(name, count);
    return `${name}:${count}`;
  }

  /** What is not final yet. */
  public get open(): readonly Intent[] {
    return this.options.journal.open(this.account);
  }

  /** What was spent on gas and bonds, and may still be, in wei. */
  public get spent(): ReturnType<Budget["spent"]> {
    return this.budget.spent();
  }

  /**
   * Has a transaction mined; if one was begun under its key, that one.
   * @returns What it has become: mined, with success or without. It is watched until it is final.
   * @throws {BudgetExceededError} @throws {RollupError} `INSUFFICIENT_FUNDS` before anything is sent; `NOT_SENT` if it can not be mined any more,
   * `MANAGER_CLOSED` if nobody looks any more whether it is.
   */
  public async send(request: SendRequest): Promise<Intent> {
    const intent = this.find(request.key) ?? (await this.begin(request));
    return this.settled(intent);
  }

  /**
   * Waits until what was begun under a key is mined.
   * @throws {RollupError} As `send`, and `INTENT_UNKNOWN` if nothing was.
   */
  public wait(key: string): Promise<Intent> {
    const intent = this.options.journal.find(this.account, key);
    if (intent !== undefined) return this.settled(intent);
    const facts = { given: key };
    return Promise.reject(new RollupError("INTENT_UNKNOWN", "Nothing was begun under this key.", facts));
  }

  /** Waits until everything that was begun is mined or abandoned. */
  public async drain(): Promise<void> {
    const unmined = this.open.filter(({ mined }) => mined === undefined);
    await Promise.allSettled(unmined.map((intent) => this.settled(intent)));
  }

  /** Looks at everything that is open, and does what there is to do about it. */
  public tick(): Promise<void> {
    this.ticking ??= this.alone(async () => {
      this.ticking = undefined;
      if (this.closed) return;
      await this.keeper.look().catch((error: Error) => this.hindered(error));
    }).finally(() => this.schedule());
    return this.ticking;
  }

  /** Ends, and leaves the rest to whoever opens the journal next. */
  public async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.queue.catch(() => undefined);
    const error = new RollupError("MANAGER_CLOSED", "Nobody looks any more whether a transaction is mined.");
    for (const waiters of this.waiting.values()) for (const { reject } of waiters) reject(error);
    this.waiting.clear();
  }

  private async begin(request: SendRequest): Promise<Intent> {
    const { transaction } = request;
    // Proofs of blobs take seconds, and are kept: the account must not wait for them.
    const { provider, blobs, request: ask } = this.options;
    if (transaction.blobs.length > 0 && blobs !== undefined) await proveBlobs(transaction.blobs, blobs);
    const intent = await this.alone(async () => {
      const begun = this.find(request.key);
      if (begun !== undefined) return begun;
      const market = await readMarket(provider, ask, transaction.blobs.length > 0);
      const fees = this.offer(market, request);
      if (fees !== undefined) await this.requireMeans(request, fees);
      return this.keeper.begin(await this.prepare(request), market);
    });
    this.pause = SOON;
    void this.tick();
    return intent;
  }

  private offer(market: Market, { transaction, until }: SendRequest): Fees | undefined {
    return offerOf(market, limitsAt(this.policy, market.now, until), transaction.blobs.length > 0);
  }

  private async prepare({ key, action, text, transaction, until }: SendRequest): Promise<Intent> {
    const { journal, provider, clock } = this.options;
    const pending = await provider.getTransactionCount(this.account.account, "pending");
    const nonce = this.open.reduce((next, intent) => Math.max(next, intent.nonce + 1), pending);
    pointReached("transaction.decided");
    const intent = journal.add({
      ...this.account,
      key,
      nonce,
      action,
      text,
      transaction,
      until,
      at: clock(),
      status: "prepared",
      attempts: [],
      mined: undefined,
      reason: undefined,
    });
    pointReached("transaction.prepared");
    return intent;
  }

  /** What waits is paid first, at the most that it can take. */
  private async requireMeans({ text, transaction }: SendRequest, fees: Fees): Promise<void> {
    const worst = { fees: worstFee(transaction, fees), value: transaction.value };
    this.budget.require(text, worst, this.options.clock());
    const balance = await this.options.provider.getBalance(this.account.account);
    const unmined = this.open.filter(({ mined }) => mined === undefined).map(spendingsOf);
    const bound = unmined.reduce((sum, each) => sum + each.fees + each.value, 0n);
    const needed = worst.fees + worst.value;
    if (balance >= bound + needed) return;
    throw new RollupError("INSUFFICIENT_FUNDS", `The account cannot pay for: ${text}.`, {
      account: this.account.account,
      bond: formatAmount(transaction.value),
      needed: `${formatAmount(needed)} at most`,
      balance: `${formatAmount(balance)}, of which ${formatAmount(bound)} is for what waits to be mined`,
    });
  }

  private settled(intent: Intent): Promise<Intent> {
    const latest = this.options.journal.find(this.account, intent.key) ?? intent;
    if (latest.mined !== undefined) return Promise.resolve(latest);
    if (!isOpen(latest)) return Promise.reject(notSent(latest));
    return new Promise((resolve, reject) => {
      const waiters = this.waiting.get(latest.id) ?? [];
      this.waiting.set(latest.id, [...waiters, { resolve, reject }]);
      this.schedule();
    });
  }

  private changed(intent: Intent): void {
    if (intent.mined === undefined && isOpen(intent)) return;
    const waiters = this.waiting.get(intent.id) ?? [];
    this.waiting.delete(intent.id);
    for (const { resolve, reject } of waiters) {
      if (intent.mined !== undefined) resolve(intent);
      else reject(notSent(intent));
    }
  }

  private hindered(error: Error): void {
    const reason = error.message.split("\n")[0];
    this.options.onEvent?.({ type: "hindered", text: "look after transactions, which is tried again", reason });
  }

  /** One after the other: nonces and budgets are given to one at a time. */
  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.queue.catch(() => undefined).then(work);
    this.queue = done;
    return done;
  }

  /** Who waits keeps the process alive; what is mined and not final does not. */
  private schedule(): void {
    clearTimeout(this.timer);
    if (this.closed || this.open.length === 0) return;
    this.timer = setTimeout(() => void this.tick(), Math.min(this.pause, this.policy.pollEvery));
    this.pause *= 2;
    if (this.waiting.size === 0) this.timer.unref();
  }
}

function notSent({ text, reason }: Intent): RollupError {
  return new RollupError("NOT_SENT", `A transaction was not sent: ${text}.`, { reason });
}
