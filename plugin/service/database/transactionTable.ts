import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { Sender, UserTransaction } from "../guestView.js";

/** What became of a transaction that was accepted. */
export interface AcceptedTransaction {
  readonly hash: Hex;
  readonly account: string;
  readonly nonce: number;
  /** In milliseconds. */
  readonly acceptedAt: number;
  /** The key of the batch that it is in; undefined while it waits for one. */
  readonly batch: string | undefined;
  /** The input that it is in; undefined if there is none yet. */
  readonly input: number | undefined;
  /** Why the guest left it out, or that it was replaced. */
  readonly refusal: string | undefined;
}

/** One that waits, with its bytes. */
export interface WaitingTransaction {
  readonly place: number;
  readonly hash: Hex;
  readonly data: Uint8Array;
  readonly acceptedAt: number;
}

/** One that no executed input has. */
export interface UnsettledTransaction {
  readonly hash: Hex;
  readonly sender: Sender | undefined;
  /** Whether it is in no batch yet. */
  readonly waits: boolean;
}

interface UnsettledRow {
  readonly hash: Hex;
  readonly account: string;
  readonly nonce: number;
  readonly amount: string;
  readonly waits: number;
}

interface Row {
  readonly hash: Hex;
  readonly account: string;
  readonly nonce: number;
  readonly accepted_at: number;
  readonly batch: string | null;
  readonly input: number | null;
  readonly refusal: string | null;
}

const WAITS = "batch IS NULL AND input IS NULL AND refusal IS NULL";

/** The transactions that were accepted, each with the batch and the input that it is in: each is in one batch, whatever happens. */
export class TransactionTable {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectWaiting: StatementSync;
  private readonly selectBatched: StatementSync;
  private readonly countWaiting: StatementSync;
  private readonly selectUnsettled: StatementSync;
  private readonly selectBatches: StatementSync;
  private readonly setBatch: StatementSync;
  private readonly releaseBatch: StatementSync;
  private readonly setInput: StatementSync;
  private readonly clearInputs: StatementSync;
  private readonly setRefusal: StatementSync;
  private readonly refuseIn: StatementSync;

  public constructor(private readonly file: SqliteFile) {
    const row = "hash, account, nonce, accepted_at, batch, input, refusal";
    this.insert = file.statement(
      `INSERT INTO transactions (hash, account, nonce, amount, data, accepted_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (hash) DO UPDATE SET batch = NULL, input = NULL, refusal = NULL, accepted_at = excluded.accepted_at`,
    );
    this.select = file.statement(`SELECT ${row} FROM transactions WHERE hash = ?`);
    this.selectWaiting = file.statement(
      `SELECT place, hash, data, accepted_at AS acceptedAt FROM transactions WHERE ${WAITS} ORDER BY place LIMIT ?`,
    );
    this.selectBatched = file.statement(
      `SELECT place, hash, data, accepted_at AS acceptedAt FROM transactions
        WHERE batch = ? AND input IS NULL AND refusal IS NULL ORDER BY place`,
    );
    this.countWaiting = file.statement(
      `SELECT count(*) AS count, min(accepted_at) AS oldest, sum(length(data)) AS bytes FROM transactions WHERE ${WAITS}`,
    );
    this.selectUnsettled = file.statement(
      `SELECT hash, account, nonce, amount, ${WAITS} AS waits FROM transactions
        WHERE refusal IS NULL AND (input IS NULL OR input >= ?) ORDER BY place`,
    );
    this.selectBatches = file.statement(
      "SELECT DISTINCT batch FROM transactions WHERE batch IS NOT NULL AND input IS NULL AND refusal IS NULL",
    );
    this.setBatch = file.statement("UPDATE transactions SET batch = ? WHERE place = ?");
    this.releaseBatch = file.statement("UPDATE transactions SET batch = NULL WHERE batch = ? AND input IS NULL");
    this.setInput = file.statement("UPDATE transactions SET input = ? WHERE hash = ? AND input IS NULL");
    this.clearInputs = file.statement("UPDATE transactions SET input = NULL, refusal = NULL WHERE input >= ?");
    this.setRefusal = file.statement("UPDATE transactions SET refusal = ? WHERE hash = ?");
    this.refuseIn = file.statement("UPDATE transactions SET refusal = ? WHERE hash = ? AND input = ?");
  }

  /** Writes transactions down, which is promised when this comes back; `replaced` count for nothing any more. */
  public add(transactions: readonly UserTransaction[], replaced: readonly Hex[], now: number): void {
    this.file.commit(() => {
      for (const { hash, data, sender } of transactions) {
        const { account = "", nonce = 0n, amount = 0n } = sender ?? {};
        this.insert.run(hash, account, nonce, String(amount), data, now);
      }
      for (const hash of replaced) this.setRefusal.run("replaced", hash);
    });
  }

  public get(hash: Hex): AcceptedTransaction | undefined {
    const row = this.select.get(hash) as Row | undefined;
    if (row === undefined) return undefined;
    const { account, nonce, accepted_at: acceptedAt, batch, input, refusal } = row;
    const place = { batch: batch ?? undefined, input: input ?? undefined, refusal: refusal ?? undefined };
    return { hash, account, nonce, acceptedAt, ...place };
  }

  /** The first that wait for a batch, each read when it is come to. */
  public waiting(limit: number): Iterable<WaitingTransaction> {
    return this.selectWaiting.iterate(limit) as unknown as Iterable<WaitingTransaction>;
  }

  /** Those of a batch that no input has. */
  public batched(batch: string): WaitingTransaction[] {
    return this.selectBatched.all(batch) as unknown as WaitingTransaction[];
  }

  /** How many wait for a batch, how many bytes these are, and since when the first does, in milliseconds. */
  public get backlog(): { readonly count: number; readonly bytes: number; readonly oldest: number | undefined } {
    const { count, bytes, oldest } = this.countWaiting.get() as {
      readonly count: number;
      readonly bytes: number | null;
      readonly oldest: number | null;
    };
    return { count, bytes: bytes ?? 0, oldest: oldest ?? undefined };
  }

  /** Those that no input has that was executed: neither refused nor in one before `executed`. */
  public unsettled(executed: number): UnsettledTransaction[] {
    const rows = this.selectUnsettled.all(executed) as unknown as UnsettledRow[];
    return rows.map(({ hash, account, nonce, amount, waits }) => ({
      hash,
      sender: account === "" ? undefined : { account, nonce: BigInt(nonce), amount: BigInt(amount) },
      waits: waits === 1,
    }));
  }

  /** The keys of batches that were made and of which something is in no input. */
  public get openBatches(): string[] {
    return (this.selectBatches.all() as unknown as { readonly batch: string }[]).map(({ batch }) => batch);
  }

  /** These, and no others, are in a batch; written before anybody can see it. */
  public assign(transactions: readonly WaitingTransaction[], batch: string): void {
    this.file.commit(() => {
      this.releaseBatch.run(batch);
      for (const { place } of transactions) this.setBatch.run(batch, place);
    });
  }

  /** The batch is not posted, and never will be. */
  public release(batch: string): void {
    this.file.commit(() => this.releaseBatch.run(batch));
  }

  /** An input has these. */
  public include(input: number, hashes: readonly Hex[]): void {
    for (const hash of hashes) this.setInput.run(input, hash);
  }

  /** The inputs from `count` on are no more. */
  public exclude(count: number): void {
    this.clearInputs.run(count);
  }

  /** The guest has not taken it from the input that it is in; that another one has it again, as anybody can post it, says nothing. */
  public refuse(hash: Hex, reason: string, input: number): void {
    this.refuseIn.run(reason, hash, input);
  }
}
