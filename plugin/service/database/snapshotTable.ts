import type { StatementSync } from "node:sqlite";

import { decodeJson, encodeJson } from "../../database/json.js";
import type { SqliteFile } from "../../database/sqliteFile.js";
import { bytesToHex, hexToBytes, type Hex } from "../../hex.js";
import type { Machine, Program, Snapshot } from "../../machines/machine.js";
import { MerkleTree } from "../../machines/merkle.js";
import type { SnapshotImage } from "../../machines/snapshotImage.js";
import type { KeptSnapshot } from "../../node/nodeStore.js";
import { PageTable } from "./pageTable.js";

/** So many are kept between the last that is confirmed and the head. */
const KEPT = 12;
/** When so many were removed, pages that nobody has are looked for. */
const REMOVED_BEFORE_SWEEP = 8;

/** An image without its trees' pages, as JSON. */
interface ImageRow extends Omit<SnapshotImage, "registers" | "trees"> {
  readonly registers: Hex;
  readonly depths: readonly number[];
  /** Bytes of each tree's list of pages. */
  readonly lengths: readonly number[];
}

interface SnapshotRow {
  readonly end: number;
  readonly hash: Hex;
  readonly image: string;
  readonly pages: Uint8Array;
}

/** Machines between two inputs: only pages that changed since an earlier one take room. What is read is compared with the state's hash. */
export class SnapshotTable {
  private readonly pages: PageTable;
  private readonly machine: Machine;
  private removed = 0;
  private readonly insert: StatementSync;
  private readonly selectNearest: StatementSync;
  private readonly selectEnds: StatementSync;
  private readonly selectPages: StatementSync;
  private readonly remove: StatementSync;

  public constructor(file: SqliteFile, program: Program) {
    this.pages = new PageTable(file);
    this.machine = program.start();
    this.insert = file.statement("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)");
    this.selectNearest = file.statement("SELECT * FROM snapshots WHERE end <= ? ORDER BY end DESC LIMIT 1");
    this.selectEnds = file.statement("SELECT end FROM snapshots ORDER BY end");
    this.selectPages = file.statement("SELECT pages FROM snapshots");
    this.remove = file.statement("DELETE FROM snapshots WHERE end = ?");
  }

  /** Whether the machine can be written down at all. */
  public get isPossible(): boolean {
    return this.machine.imageOf !== undefined && this.machine.snapshotOf !== undefined;
  }

  public write(end: number, hash: Hex, snapshot: Snapshot): void {
    const image = this.machine.imageOf?.(snapshot);
    if (image === undefined) return;
    const { registers, trees, ...rest } = image;
    MerkleTree.hash(trees);
    const lists = trees.map((tree) => this.pages.write(tree));
    const row: ImageRow = {
      ...rest,
      registers: bytesToHex(registers),
      depths: trees.map(({ depth }) => depth),
      lengths: lists.map(({ length }) => length),
    };
    this.insert.run(end, hash, encodeJson(row), Buffer.concat(lists));
    this.thin();
  }

  /** The last one at or before `end` that is whole; those that are not are forgotten. */
  public nearest(end: number): KeptSnapshot | undefined {
    for (;;) {
      const row = this.selectNearest.get(end) as SnapshotRow | undefined;
      if (row === undefined) return undefined;
      const snapshot = this.read(row);
      if (snapshot !== undefined) return { end: row.end, hash: row.hash, snapshot };
      this.drop(row.end);
    }
  }

  /** The end of the last one at or before `end`; 0 for genesis. */
  public nearestEnd(end: number): number {
    return this.ends().findLast((at) => at <= end) ?? 0;
  }

  /** Forgets those after `end`. */
  public truncate(end: number): void {
    for (const at of this.ends()) if (at > end) this.drop(at);
  }

  /** Forgets those before the last one at or before `end`. */
  public prune(end: number): void {
    const first = this.nearestEnd(end);
    for (const at of this.ends()) if (at < first) this.drop(at);
    if (this.removed < REMOVED_BEFORE_SWEEP) return;
    this.pages.keepOnly((this.selectPages.all() as unknown as SnapshotRow[]).map(({ pages }) => pages));
    this.removed = 0;
  }

  private read({ hash, image, pages }: SnapshotRow): Snapshot | undefined {
    const { registers, depths, lengths, ...rest } = decodeJson<ImageRow>(image);
    const trees: MerkleTree[] = [];
    let start = 0;
    for (const [place, depth] of depths.entries()) {
      const tree = this.pages.read(depth, pages.subarray(start, start + lengths[place]));
      if (tree === undefined) return undefined;
      trees.push(tree);
      start += lengths[place];
    }
    try {
      const snapshot = this.machine.snapshotOf?.({ ...rest, registers: hexToBytes(registers), trees });
      if (snapshot === undefined) return undefined;
      this.machine.restore(snapshot);
      return this.machine.stateHash() === hash ? snapshot : undefined;
    } catch {
      return undefined;
    }
  }

  /** Between the first and the last as few as there may be, those that are closest to others go. */
  private thin(): void {
    const ends = this.ends();
    while (ends.length > KEPT) {
      let closest = 1;
      for (let at = 2; at < ends.length - 1; at++) {
        if (ends[at + 1] - ends[at - 1] < ends[closest + 1] - ends[closest - 1]) closest = at;
      }
      this.drop(ends[closest]);
      ends.splice(closest, 1);
    }
  }

  private ends(): number[] {
    return (this.selectEnds.all() as unknown as { readonly end: number }[]).map(({ end }) => end);
  }

  private drop(end: number): void {
    this.remove.run(end);
    this.removed += 1;
  }
}
