import type { StatementSync } from "node:sqlite";

import { decodeJson, encodeJson } from "../../database/json.js";
import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { Payout } from "../guestView.js";

interface Row {
  readonly place: number;
  readonly input: number;
  readonly recipient: Hex;
  readonly leaf: Uint8Array;
  readonly content: string;
}

/** One that was kept, and the input that made it. */
export interface KeptPayout extends Payout {
  readonly input: number;
}

/** What a guest pays on L1, the leaves of its tree of outputs. */
export class PayoutTable {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectTo: StatementSync;
  private readonly selectBefore: StatementSync;
  private readonly selectLeaves: StatementSync;
  private readonly countBefore: StatementSync;
  private readonly remove: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT OR REPLACE INTO payouts VALUES (?, ?, ?, ?, ?)");
    this.select = file.statement("SELECT * FROM payouts WHERE place = ?");
    this.selectTo = file.statement(
      "SELECT * FROM payouts WHERE recipient = ? AND place < ? ORDER BY place DESC LIMIT ?",
    );
    this.selectBefore = file.statement("SELECT * FROM payouts WHERE place < ? ORDER BY place DESC LIMIT ?");
    this.selectLeaves = file.statement("SELECT leaf FROM payouts WHERE place < ? ORDER BY place");
    this.countBefore = file.statement("SELECT count(*) AS count FROM payouts WHERE input < ?");
    this.remove = file.statement("DELETE FROM payouts WHERE input >= ?");
  }

  public add(input: number, payouts: readonly Payout[]): void {
    for (const { index, recipient, leaf, content } of payouts) {
      this.insert.run(index, input, recipient, leaf, encodeJson(content));
    }
  }

  public get(index: bigint): KeptPayout | undefined {
    const row = this.select.get(index) as Row | undefined;
    return row && payoutOf(row);
  }

  /** The last ones before an index, the last one first. @param recipient To whom; to anybody if absent. */
  public before(index: bigint, limit: number, recipient?: Hex): KeptPayout[] {
    const rows =
      recipient === undefined ? this.selectBefore.all(index, limit) : this.selectTo.all(recipient, index, limit);
    return (rows as unknown as Row[]).map(payoutOf);
  }

  /** How many there are after the inputs before `end`. */
  public countAt(end: bigint): number {
    return Number(this.countBefore.get(end)?.count);
  }

  /** The first `count` leaves. */
  public leaves(count: number): Uint8Array[] {
    return (this.selectLeaves.all(count) as unknown as Row[]).map(({ leaf }) => leaf);
  }

  /** The inputs from `count` on are no more. */
  public truncate(count: number): void {
    this.remove.run(count);
  }
}

function payoutOf({ place, input, recipient, leaf, content }: Row): KeptPayout {
  return { index: BigInt(place), input, recipient, leaf, content: decodeJson<Payout["content"]>(content) };
}
