import type { Hex } from "../hex.js";
import {
  CALLDATA_HISTORY_WIDTH,
  commitCalldataHistory,
  decodeCalldataHistory,
  encodeCalldataHistory,
  openCalldataHistory,
} from "./calldataHistory.js";

/** How the states between two positions are committed at once; the twin of `IHistory`, for those who make histories. */
export interface History {
  readonly width: number;
  /** What `commit` takes on chain. */
  encode(start: Hex, elements: readonly Hex[]): Uint8Array;
  /** The states at indices 1 to `2^width`, from what was posted. */
  decode(start: Hex, data: Uint8Array): Hex[];
  /** Under which states are opened. */
  commit(elements: readonly Hex[]): Hex;
  /** What `open` takes on chain for the states at `index` and `index + 1`. */
  open(elements: readonly Hex[], index: number): Uint8Array;
}

/** Hashes in calldata. */
export const calldataHistory: History = {
  width: CALLDATA_HISTORY_WIDTH,
  encode: encodeCalldataHistory,
  decode: decodeCalldataHistory,
  commit: (elements) => commitCalldataHistory(elements).commitment,
  open: openCalldataHistory,
};
