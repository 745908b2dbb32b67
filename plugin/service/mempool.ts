import type { Hex } from "../hex.js";
import { HttpError, Status } from "../http/httpError.js";
import { pointReached } from "../l1/killPoints.js";
import type { TransactionTable, UnsettledTransaction } from "./database/transactionTable.js";
import type { AccountState, Ask, GuestView, UserTransaction } from "./guestView.js";

/** What a node takes from users before they are in a batch. */
export interface MempoolLimits {
  /** Transactions that are in no executed input. */
  readonly transactions: number;
  /** Of one account. */
  readonly perAccount: number;
}

export const MEMPOOL_LIMITS: MempoolLimits = { transactions: 200_000, perAccount: 20_000 };

/** How long a transaction waits for others to be written down together with it, in milliseconds. */
const GATHERING = 4;

/** An account's transactions that are in no executed input, by their nonces, which have no gap. */
interface Pending {
  readonly byNonce: Map<bigint, UnsettledTransaction>;
  amount: bigint;
}

interface Gathered {
  readonly transaction: UserTransaction;
  readonly replaced: Hex | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The transactions that users hand in. One is accepted if the guest will apply it after those that were accepted before it: it has the account's next
 * nonce, and the balance covers it. What is accepted is on disk, and stays until it is in an executed input. One that waits for its batch is
 * replaced by another with its nonce.
 */
export class Mempool {
  private readonly accounts = new Map<string, Pending>();
  private readonly known = new Map<Hex, UnsettledTransaction>();
  private readonly states = new Map<string, AccountState>();
  /** What waits to be written down, by the transaction's hash: more than one may wait for the same. */
  private gathered = new Map<Hex, Gathered[]>();
  private timer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly table: TransactionTable,
    private readonly view: GuestView,
    private readonly ask: Ask,
    private readonly limits: MempoolLimits = MEMPOOL_LIMITS,
  ) {}

  /** How many transactions are in no executed input. */
  public get size(): number {
    return this.known.size;
  }

  /** Takes all that is in the table and in no input before `executed`. */
  public load(executed: number): void {
    this.accounts.clear();
    this.known.clear();
    this.states.clear();
    for (const transaction of this.table.unsettled(executed)) this.put(transaction);
  }

  /**
   * Accepts a transaction; comes back when that is on disk. One that was accepted before is accepted again.
   * @throws {HttpError} `TRANSACTION_INVALID`, `NONCE_USED`, `NONCE_GAP`, `BALANCE_INSUFFICIENT`, `ACCOUNT_FULL`, `POOL_FULL`.
   */
  public async accept(data: Uint8Array): Promise<Hex> {
    const transaction = this.view.parse(data);
    const { hash } = transaction;
    const others = this.gathered.get(hash);
    if (others === undefined && (this.known.has(hash) || this.isSettled(hash))) return hash;
    const replaced = others === undefined ? this.check(transaction) : undefined;
    await new Promise<void>((resolve, reject) => {
      if (others === undefined) this.put({ hash, sender: transaction.sender, waits: true });
      this.gathered.set(hash, [...(others ?? []), { transaction, replaced, resolve, reject }]);
      this.timer ??= setTimeout(() => this.flush(), GATHERING);
    });
    return hash;
  }

  /** Writes down what was gathered. */
  public flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const gathered = [...this.gathered.values()].flat();
    const once = [...this.gathered.values()].map(([{ transaction }]) => transaction);
    this.gathered = new Map();
    if (gathered.length === 0) return;
    const replaced = gathered.flatMap((each) => each.replaced ?? []);
    try {
      pointReached("transactions.gathered");
      this.table.add(once, replaced, Date.now());
      pointReached("transactions.accepted");
      for (const { resolve } of gathered) resolve();
    } catch (error) {
      for (const { transaction } of gathered) this.drop(transaction.hash);
      for (const { reject } of gathered) reject(error as Error);
    }
  }

  /** These are in a batch, and cannot be replaced any more. */
  public assigned(hashes: Iterable<Hex>): void {
    for (const hash of hashes) {
      const transaction = this.known.get(hash);
      if (transaction !== undefined) this.put({ ...transaction, waits: false });
    }
  }

  /** An input that has these was executed: accounts are others now. */
  public settled(hashes: Iterable<Hex>): void {
    this.states.clear();
    for (const hash of hashes) this.drop(hash);
  }

  /** What accounts have may be otherwise. */
  public headMoved(): void {
    this.states.clear();
  }

  /** The nonce that an account's next transaction has. */
  public nextNonce(account: string): bigint {
    return this.stateOf(account).nonce + BigInt(this.accounts.get(account)?.byNonce.size ?? 0);
  }

  /** What the guest has left out may be sent again. */
  private isSettled(hash: Hex): boolean {
    const before = this.table.get(hash);
    return before !== undefined && before.refusal === undefined;
  }

  /** What an account has at the head, and what its next transaction needs. */
  public describe(account: string): AccountState & { readonly account: string; readonly nextNonce: bigint } {
    return { account, ...this.stateOf(account), nextNonce: this.nextNonce(account) };
  }

  /** Gives the hash of the transaction whose place it takes. */
  private check({ sender }: UserTransaction): Hex | undefined {
    if (this.size >= this.limits.transactions) {
      throw new HttpError(Status.NotYet, "POOL_FULL", "This node has more transactions than it can post for now.", {
        transactions: this.size,
        do: "try again later",
      });
    }
    if (sender === undefined) return undefined;
    const { account, nonce, amount } = sender;
    const state = this.stateOf(account);
    const pending = this.accounts.get(account);
    const before = pending?.byNonce.get(nonce);
    this.checkNonce(account, nonce, before);
    const free = state.balance - (pending?.amount ?? 0n) + (before?.sender?.amount ?? 0n);
    if (free < amount) {
      throw new HttpError(Status.Unprocessable, "BALANCE_INSUFFICIENT", "The account has less than is sent.", {
        account,
        given: amount,
        balance: state.balance,
        promised: (pending?.amount ?? 0n) - (before?.sender?.amount ?? 0n),
      });
    }
    return before?.hash;
  }

  private checkNonce(account: string, nonce: bigint, before: UnsettledTransaction | undefined): void {
    const expected = this.nextNonce(account);
    const facts = { account, given: nonce, expected };
    if (before?.waits === true) return;
    if (nonce < expected) throw new HttpError(Status.Conflict, "NONCE_USED", "This nonce is used already.", facts);
    if (nonce > expected) {
      throw new HttpError(Status.Unprocessable, "NONCE_GAP", "Transactions before this one are missing.", facts);
    }
    const count = this.accounts.get(account)?.byNonce.size ?? 0;
    if (count < this.limits.perAccount) return;
    throw new HttpError(Status.NotYet, "ACCOUNT_FULL", "This account has as many transactions as may wait.", {
      account,
      waiting: count,
    });
  }

  private stateOf(account: string): AccountState {
    const known = this.states.get(account);
    if (known !== undefined) return known;
    const state = this.view.account(account, this.ask);
    this.states.set(account, state);
    return state;
  }

  private put(transaction: UnsettledTransaction): void {
    const { hash, sender } = transaction;
    this.known.set(hash, transaction);
    if (sender === undefined) return;
    const pending = this.accounts.get(sender.account) ?? {
      byNonce: new Map<bigint, UnsettledTransaction>(),
      amount: 0n,
    };
    const before = pending.byNonce.get(sender.nonce);
    if (before !== undefined && before.hash !== hash) this.known.delete(before.hash);
    pending.byNonce.set(sender.nonce, transaction);
    pending.amount += sender.amount - (before?.sender?.amount ?? 0n);
    this.accounts.set(sender.account, pending);
  }

  private drop(hash: Hex): void {
    const sender = this.known.get(hash)?.sender;
    this.known.delete(hash);
    const pending = sender && this.accounts.get(sender.account);
    if (sender === undefined || pending?.byNonce.get(sender.nonce)?.hash !== hash) return;
    pending.byNonce.delete(sender.nonce);
    pending.amount -= sender.amount;
    if (pending.byNonce.size === 0) this.accounts.delete(sender.account);
  }
}
