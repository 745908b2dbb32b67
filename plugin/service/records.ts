import type { Hex } from "../hex.js";
import type { Input } from "../input.js";
import { pointReached } from "../l1/killPoints.js";
import type { ExecutedInput } from "../node/executor.js";
import type { ExecutionListener } from "./database/executionTable.js";
import type { InputListener } from "./database/inputTable.js";
import type { PayoutTable } from "./database/payoutTable.js";
import type { TransactionTable } from "./database/transactionTable.js";
import type { GuestView } from "./guestView.js";

/** What a service must be told of its chain. */
export interface RecordsListener {
  settled(hashes: readonly Hex[]): void;
  /** Executions were undone; `count` are left. */
  undone(count: number): void;
}

/** Writes down, with each input, which users' transactions are in it, what the guest did not take of them, and what it pays. */
export class Records implements InputListener, ExecutionListener {
  private readonly listeners: RecordsListener[] = [];

  public constructor(
    private readonly view: GuestView,
    private readonly transactions: TransactionTable,
    private readonly payouts: PayoutTable,
  ) {}

  public tell(listener: RecordsListener): void {
    this.listeners.push(listener);
  }

  public known(number: number, data: Uint8Array): void {
    this.transactions.include(number, this.view.hashesIn(data));
    pointReached("input.known");
  }

  public rolledBack(count: number): void {
    this.transactions.exclude(count);
  }

  public executed(input: Input, { number, outcome, logs }: ExecutedInput): void {
    const hashes = this.view.hashesIn(input.data);
    pointReached("input.executed");
    if (outcome === "returned") {
      for (const [place, reason] of this.view.refusals(logs)) {
        this.transactions.refuse(hashes[place], reason, Number(number));
      }
      this.payouts.add(Number(number), this.view.payouts(logs));
    } else {
      for (const hash of hashes) this.transactions.refuse(hash, outcome, Number(number));
    }
    for (const listener of this.listeners) listener.settled(hashes);
  }

  public truncated(count: number): void {
    this.payouts.truncate(count);
    for (const listener of this.listeners) listener.undone(count);
  }
}
