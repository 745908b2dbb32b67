import type { NetworkConnection } from "hardhat/types/network";

import { keysOf } from "../accounts.js";
import type { Hex } from "../hex.js";
import { MemoryStore } from "./memoryStore.js";
import type { BlobStore } from "./store.js";

/** What it takes, besides a provider, to send transactions with blobs on one settlement layer. */
export interface BlobAccess {
  /** The private key of an account; undefined if it is not ours to have. */
  keyOf(address: Hex): Promise<Hex | undefined>;
  /** Where blobs are kept before they are sent, and found again. */
  readonly store: BlobStore;
  /** Speaks to the settlement layer as it is: ethers leaves out what blobs need. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** How blobs are proved to the network; found out if absent. */
  readonly sidecarVersion?: SidecarVersion;
}

/** Version 0 has a proof for each blob, version 1 (EIP-7594) the proofs of its 128 cells. */
export type SidecarVersion = 0 | 1;

/**
 * The blobs of a network that Hardhat is connected to.
 * @param store Where they are kept; in this process's memory if absent.
 */
export function blobAccess(connection: NetworkConnection, store: BlobStore = new MemoryStore()): BlobAccess {
  return {
    store,
    keyOf: keysOf(connection),
    request: (method, params) => connection.provider.request({ method, params: [...params] }),
  };
}
