import type { Hex } from "../hex.js";
import type { TransactionManager } from "./transactionManager.js";

/** The accounts of this process whose transactions are managed. Others' are sent and waited for one by one. */
export class TransactionManagers {
  private readonly managers = new Map<string, TransactionManager>();

  public add(account: Hex, manager: TransactionManager): void {
    this.managers.set(account.toLowerCase(), manager);
  }

  public of(account: Hex): TransactionManager | undefined {
    return this.managers.get(account.toLowerCase());
  }

  public all(): readonly TransactionManager[] {
    return [...this.managers.values()];
  }

  /** Leaves what is not final to who opens their journals next. */
  public async close(): Promise<void> {
    await Promise.all(this.all().map((manager) => manager.close()));
  }
}
