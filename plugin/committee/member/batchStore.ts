import type { StatementSync } from "node:sqlite";

import type { Hex } from "../../hex.js";
import type { BatchArchive } from "../batchPlace.js";
import type { MemberDatabase } from "./database.js";

/** The batches that a member keeps, by their roots. */
export class BatchStore implements BatchArchive {
  public readonly name = "own store";
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly remove: StatementSync;

  public constructor(database: MemberDatabase) {
    this.insert = database.statement(
      "INSERT INTO batches VALUES (?, ?, ?) ON CONFLICT (root) DO UPDATE SET expiry = max(expiry, excluded.expiry)",
    );
    this.select = database.statement("SELECT data FROM batches WHERE root = ?");
    this.remove = database.statement("DELETE FROM batches WHERE expiry < ?");
  }

  /** Keeps a batch until `expiry`, in seconds. */
  public put(root: Hex, data: Uint8Array, expiry: bigint): void {
    this.insert.run(root, expiry, data);
  }

  public keep(root: Hex, data: Uint8Array, expiry: bigint): Promise<void> {
    this.put(root, data, expiry);
    return Promise.resolve();
  }

  public get(root: Hex): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.find(root));
  }

  /** As `get`, at once. */
  public find(root: Hex): Uint8Array | undefined {
    return this.select.get(root)?.data as Uint8Array | undefined;
  }

  /** Forgets what expired before `time`, in seconds. Gives how many. */
  public prune(time: bigint): number {
    return Number(this.remove.run(time).changes);
  }
}
