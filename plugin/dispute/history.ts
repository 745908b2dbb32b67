import type { BlobStore } from "../blobs/store.js";
import type { Hex } from "../hex.js";
import type { PreparedBlob } from "../node/blobTransaction.js";
import { BlobHistory } from "./blobHistory.js";
import { CalldataHistory } from "./calldataHistory.js";
import type { HistoryKind } from "./historyKind.js";

/** What a claim posts. */
export interface Posted {
  /** What `IHistory.commit` takes on chain. */
  readonly data: Uint8Array;
  /** What the claim's transaction carries. */
  readonly blobs: readonly PreparedBlob[];
}

/** What a claim's event tells of its history. */
export interface PostedHistory {
  /** The state at index 0. */
  readonly start: Hex;
  readonly commitment: Hex;
  readonly data: Uint8Array;
  /** Of the claim's block, in seconds. */
  readonly timestamp: bigint;
}

/** How the states between two positions are committed at once; the twin of `IHistory`, for those who make histories. */
export interface History {
  readonly kind: HistoryKind;
  readonly width: number;
  /** Under which states are opened. */
  commit(elements: readonly Hex[]): Promise<Hex>;
  /** What a claim posts, and is to be sent soon. */
  encode(start: Hex, elements: readonly Hex[]): Promise<Posted>;
  /** The states at indices 1 to `2^width`. @throws If what was posted cannot be had. */
  decode(posted: PostedHistory): Promise<Hex[]>;
  /** What `IHistory.open` takes on chain for the states at `index` and `index + 1`. */
  open(elements: readonly Hex[], index: number): Promise<Uint8Array>;
}

/** @param store Where the blobs of claims are found; without it none is. */
export function historyOf(kind: HistoryKind, store: BlobStore | undefined): History {
  return kind === "blob" ? new BlobHistory(store) : new CalldataHistory();
}
