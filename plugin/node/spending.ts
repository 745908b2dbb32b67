import type { ActionKind, Spent } from "./events.js";

/** What one role has spent, in all and by action. */
export class Spending {
  private readonly byAction = new Map<ActionKind, { transactions: number; gas: bigint }>();

  public transactions = 0;
  public gas = 0n;
  /** In wei. */
  public fee = 0n;
  public blobGas = 0n;
  /** In wei; not a part of `fee`. */
  public blobFee = 0n;
  /** Bonds and deposits, in wei. */
  public value = 0n;
  /** Bonds that came back and others' that were won, in wei. */
  public received = 0n;

  public add(action: ActionKind, spent: Spent): void {
    this.transactions += 1;
    this.gas += spent.gas;
    this.fee += spent.fee;
    this.blobGas += spent.blobGas;
    this.blobFee += spent.blobFee;
    this.value += spent.value;
    const before = this.byAction.get(action) ?? { transactions: 0, gas: 0n };
    this.byAction.set(action, { transactions: before.transactions + 1, gas: before.gas + spent.gas });
  }

  /** What transactions of one kind took. */
  public of(action: ActionKind): { readonly transactions: number; readonly gas: bigint } {
    return this.byAction.get(action) ?? { transactions: 0, gas: 0n };
  }
}
