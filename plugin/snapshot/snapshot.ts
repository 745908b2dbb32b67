import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

import { keccak256, toUtf8Bytes, type Log } from "ethers";

import type { Deployment } from "../deployments.js";
import { RollupError } from "../errors.js";
import { writeWhole } from "../files.js";
import type { Hex } from "../hex.js";

/** A transaction that changed the chain. */
export interface SnapshotTransaction {
  readonly block: number;
  readonly from: Hex;
  /** Absent where it makes a contract. */
  readonly to?: Hex;
  readonly nonce: number;
  readonly data: Hex;
  readonly value: Hex;
  readonly gas: Hex;
  /** Of one with blobs: it as it was signed, without them. */
  readonly signed?: Hex;
  /** Versioned hashes of its blobs. */
  readonly blobs?: readonly Hex[];
  /** Hash of the logs that it left, see `hashLogs`. */
  readonly logs: Hex;
}

/** A block that holds some of them. */
export interface SnapshotBlock {
  readonly number: number;
  readonly timestamp: number;
}

/** A blob with what a network wants to see with it. */
export interface SnapshotBlob {
  /** In base64: 131,072 bytes. */
  readonly data: string;
  readonly commitment: Hex;
  /** Of a version 0 sidecar. */
  readonly proof: Hex;
}

/** A contract that was there before, without storage. */
export interface SnapshotContract {
  readonly address: Hex;
  readonly code: Hex;
  readonly nonce: number;
}

/** How the chain stood, by its contracts' views. */
export interface SnapshotEnd {
  readonly inputs: string;
  readonly messages: string;
  readonly accumulator: Hex;
  readonly latestConfirmed: Hex;
  /** In wei. */
  readonly rollupBalance: string;
  readonly bridgeBalance: string;
}

/** A deployed chain as the transactions that made it: replaying them makes its contracts, their storage and their events again. */
export interface Snapshot {
  readonly version: 1;
  readonly deployment: Deployment;
  /** The last block. */
  readonly head: SnapshotBlock;
  readonly contracts: readonly SnapshotContract[];
  /** Ascending, each with at least one of `transactions`. */
  readonly blocks: readonly SnapshotBlock[];
  /** In the order in which they were mined. */
  readonly transactions: readonly SnapshotTransaction[];
  /** By versioned hash. */
  readonly blobs: Readonly<Record<Hex, SnapshotBlob>>;
  readonly end: SnapshotEnd;
}

/** Writes a snapshot as compressed JSON. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  await writeWhole(path, await promisify(gzip)(JSON.stringify(snapshot)));
}

/**
 * Reads a snapshot.
 * @throws {RollupError} `SNAPSHOT_UNREADABLE`.
 */
export async function readSnapshot(path: string): Promise<Snapshot> {
  try {
    const snapshot = JSON.parse((await promisify(gunzip)(await readFile(path))).toString()) as Snapshot;
    if (snapshot.version === 1) return snapshot;
  } catch (error) {
    throw unreadable(path, error as Error);
  }
  throw unreadable(path, undefined);
}

/** What a transaction left behind, as one hash: it must leave the same when it is replayed. */
export function hashLogs(logs: readonly Pick<Log, "address" | "topics" | "data">[]): Hex {
  const text = logs.map(({ address, topics, data }) => [address.toLowerCase(), topics, data]);
  return keccak256(toUtf8Bytes(JSON.stringify(text))) as Hex;
}

function unreadable(path: string, cause: Error | undefined): RollupError {
  const facts = { given: path, do: "make it anew: npx hardhat rollup:snapshot" };
  return new RollupError("SNAPSHOT_UNREADABLE", "The file is no snapshot of this version.", facts, cause);
}
