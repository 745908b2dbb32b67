import type { SqliteFile } from "../../database/sqliteFile.js";
import type { GuestView, UserTransaction } from "../guestView.js";
import type { SalvagedTransaction } from "./salvage.js";
import type { TransactionTable } from "./transactionTable.js";

/** Transactions that a damaged file had, until somebody comes who understands them. */
export class SalvagedTable {
  public constructor(private readonly file: SqliteFile) {}

  /** Adds those that the file does not have. */
  public addMissing(transactions: readonly SalvagedTransaction[]): void {
    const { file } = this;
    const isKnown = file.statement("SELECT 1 FROM transactions WHERE hash = ?");
    const insert = file.statement("INSERT INTO salvaged VALUES (NULL, ?, ?)");
    const missing = transactions.filter(({ hash }) => isKnown.get(hash) === undefined);
    if (missing.length === 0) return;
    file.commit(() => {
      for (const { data, acceptedAt } of missing) insert.run(data, acceptedAt);
    });
  }

  /** Makes users' transactions of them, which wait for a batch as if they had just been accepted. Of two with one nonce the later one counts. */
  public handOver(view: GuestView, table: TransactionTable): void {
    const rows = this.file
      .statement("SELECT data, accepted_at AS acceptedAt FROM salvaged ORDER BY place")
      .all() as unknown as Pick<SalvagedTransaction, "data" | "acceptedAt">[];
    if (rows.length === 0) return;
    const wanted = new Map<string, { readonly transaction: UserTransaction; readonly acceptedAt: number }>();
    for (const { data, acceptedAt } of rows) {
      const transaction = parsed(view, data);
      if (transaction === undefined) continue;
      const key = slotOf(transaction);
      if (acceptedAt >= (wanted.get(key)?.acceptedAt ?? 0)) wanted.set(key, { transaction, acceptedAt });
    }
    const replaced = new Map(
      table.unsettled(Number.MAX_SAFE_INTEGER).map(({ hash, sender }) => [slotOf({ hash, sender }), hash]),
    );
    this.file.commit(() => {
      for (const [slot, { transaction, acceptedAt }] of wanted) {
        const before = replaced.get(slot);
        table.add([transaction], before === undefined ? [] : [before], Math.min(acceptedAt, Date.now()));
      }
      this.file.statement("DELETE FROM salvaged").run();
    });
  }
}

/** What only one transaction can take. */
function slotOf({ hash, sender }: Pick<UserTransaction, "hash" | "sender">): string {
  return sender === undefined ? hash : `${sender.account}:${sender.nonce}`;
}

function parsed(view: GuestView, data: Uint8Array): UserTransaction | undefined {
  try {
    return view.parse(data);
  } catch {
    // It was accepted by another view of the guest.
    return undefined;
  }
}
