import type { StatementSync } from "node:sqlite";

import { decodeJson, encodeJson } from "../../database/json.js";
import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Hex } from "../../hex.js";
import type { Input } from "../../input.js";
import type { InputOutcome, MachineState, Program, Snapshot } from "../../machines/machine.js";
import type { ExecutedInput } from "../../node/executor.js";
import type { Boundary, BoundaryState, ExecutionLog, InputLog, KeptSnapshot } from "../../node/nodeStore.js";
import { decodeLogs, encodeLogs } from "./logCodec.js";
import { SnapshotTable } from "./snapshotTable.js";

/** The last machines are at hand: views are asked of the head, and reorganizations are short. */
const AT_HAND = 3;

/** What is done with each input besides, in the same commit. */
export interface ExecutionListener {
  executed(input: Input, executed: ExecutedInput): void;
  truncated(count: number): void;
}

interface ExecutionRow {
  readonly steps: number;
  readonly outcome: InputOutcome;
  readonly state: string;
  readonly hash: Hex;
  readonly logs: Uint8Array;
  readonly asksPreimages: 0 | 1;
}

/** What came of executing inputs, in a node's file: a state for each, and machines now and then. */
export class ExecutionTable implements ExecutionLog {
  public count = 0;
  public kept = 0;
  private total = 0;
  private readonly snapshots: SnapshotTable;
  private readonly recent = new Map<number, KeptSnapshot>();
  private lastWritten: number;
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectLast: StatementSync;
  private readonly selectFirst: StatementSync;
  private readonly removeFrom: StatementSync;
  private readonly removeBelow: StatementSync;

  /**
   * @param interval A machine is written so many milliseconds after the one before at the earliest.
   * @param listener Told of each input within the commit that writes it down.
   */
  public constructor(
    private readonly file: SqliteFile,
    program: Program,
    private readonly inputs: InputLog,
    private readonly interval: number,
    private readonly listener?: ExecutionListener,
  ) {
    this.snapshots = new SnapshotTable(file, program);
    this.lastWritten = performance.now();
    this.insert = file.statement("INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.select = file.statement(
      "SELECT steps, outcome, state, hash, logs, asks_preimages AS asksPreimages FROM executions WHERE number = ?",
    );
    this.selectLast = file.statement("SELECT number, total FROM executions ORDER BY number DESC LIMIT 1");
    this.selectFirst = file.statement("SELECT min(number) AS number FROM executions");
    this.removeFrom = file.statement("DELETE FROM executions WHERE number >= ?");
    this.removeBelow = file.statement("DELETE FROM executions WHERE number < ?");
    this.resume();
  }

  public get steps(): bigint {
    return BigInt(this.total);
  }

  public append(input: Input, executed: ExecutedInput, after: Boundary): void {
    const { steps, outcome, logs, asksPreimages } = executed;
    const [number, total] = [this.count, this.total + Number(steps)];
    this.file.commit(() => {
      this.insert.run(
        number,
        steps,
        total,
        outcome,
        encodeJson(after.state),
        after.hash,
        encodeLogs(logs.map(({ data }) => data)),
        asksPreimages ? 1 : 0,
      );
      this.listener?.executed(input, executed);
    }, false);
    [this.count, this.total] = [number + 1, total];
    this.remember({ end: this.count, hash: after.hash, snapshot: after.snapshot });
    if (performance.now() - this.lastWritten >= this.interval) this.writeHead();
  }

  /** Writes the last machine down, so that whoever opens the file need not execute what came before it. */
  public writeHead(): void {
    const head = this.recent.get(this.count);
    if (head === undefined || !this.snapshots.isPossible || this.snapshots.nearestEnd(this.count) === this.count)
      return;
    this.file.commit(() => this.snapshots.write(head.end, head.hash, head.snapshot), false);
    this.lastWritten = performance.now();
  }

  public input(number: number): Input {
    return this.inputs.input(number);
  }

  public executed(number: number): ExecutedInput | undefined {
    const row = this.select.get(number) as ExecutionRow | undefined;
    if (row === undefined) return undefined;
    const logs = decodeLogs(row.logs).map((data) => ({ inputNumber: BigInt(number), data }));
    const { steps, outcome, asksPreimages } = row;
    return { number: BigInt(number), steps: BigInt(steps), outcome, logs, asksPreimages: asksPreimages === 1 };
  }

  public boundary(end: number): BoundaryState | undefined {
    const row = this.select.get(end - 1) as ExecutionRow | undefined;
    return row && { state: decodeJson<MachineState>(row.state), hash: row.hash };
  }

  public snapshot(end: number): KeptSnapshot | undefined {
    const ends = [...this.recent.keys()].filter((at) => at <= end);
    const nearest = Math.max(0, ...ends);
    if (nearest > 0 && nearest >= this.snapshots.nearestEnd(end)) return this.recent.get(nearest);
    return this.snapshots.nearest(end);
  }

  public atHand(end: number): Snapshot | undefined {
    return this.recent.get(end)?.snapshot;
  }

  public truncate(count: number): void {
    this.removeFrom.run(count);
    this.snapshots.truncate(count);
    for (const end of [...this.recent.keys()]) if (end > count) this.recent.delete(end);
    this.listener?.truncated(count);
    this.resume();
  }

  /** Forgets what lies before the machine from which all boundaries from `end` on can be computed; gives the first input that is needed for that. */
  public prune(end: number): number {
    this.snapshots.prune(end);
    const first = this.snapshots.nearestEnd(end);
    this.removeBelow.run(end - 1);
    this.kept = Math.max(this.kept, end);
    return first;
  }

  private remember(snapshot: KeptSnapshot): void {
    this.recent.set(snapshot.end, snapshot);
    for (const end of this.recent.keys()) if (end <= snapshot.end - AT_HAND) this.recent.delete(end);
  }

  private resume(): void {
    const last = this.selectLast.get() as { readonly number: number; readonly total: number } | undefined;
    this.count = last === undefined ? 0 : last.number + 1;
    this.total = last?.total ?? 0;
    const first = this.selectFirst.get()?.number as number | null;
    this.kept = first === null || first === 0 ? 0 : first + 1;
  }
}
