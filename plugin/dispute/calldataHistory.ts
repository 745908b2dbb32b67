import { RollupError } from "../errors.js";
import { bytesToHex, hexToBytes, type Hex } from "../hex.js";
import { WordTree } from "../sources/wordTree.js";
import { HISTORY_WIDTHS } from "./historyKind.js";
import type { History, Posted, PostedHistory } from "./history.js";

/** The logarithm of the number of elements. */
export const CALLDATA_HISTORY_WIDTH = HISTORY_WIDTHS.calldata;

const ELEMENTS = 2 ** CALLDATA_HISTORY_WIDTH;
const BITMAP_BYTES = ELEMENTS / 8;
const WORD = 32;

/** What a claim says of the states at its indices 1 to `2^width`. */
export interface Committed {
  readonly commitment: Hex;
  /** The state at index `2^width`. */
  readonly last: Hex;
}

/** 64 states as hashes in calldata; the twin of `CalldataHistory`. */
export class CalldataHistory implements History {
  public readonly kind = "calldata";
  public readonly width = CALLDATA_HISTORY_WIDTH;

  public commit(elements: readonly Hex[]): Promise<Hex> {
    return Promise.resolve(commitCalldataHistory(elements).commitment);
  }

  public encode(start: Hex, elements: readonly Hex[]): Promise<Posted> {
    return Promise.resolve({ data: encodeCalldataHistory(start, elements), blobs: [] });
  }

  public decode({ start, data }: PostedHistory): Promise<Hex[]> {
    return Promise.resolve(decodeCalldataHistory(start, data));
  }

  public open(elements: readonly Hex[], index: number): Promise<Uint8Array> {
    return Promise.resolve(openCalldataHistory(elements, index));
  }
}

/**
 * The data of a history; the twin of what `CalldataHistory.commit` reads.
 * @param start The state at index 0.
 * @param elements The states at indices 1 to 64.
 */
export function encodeCalldataHistory(start: Hex, elements: readonly Hex[]): Uint8Array {
  checkElements(elements);
  let bitmap = 0n;
  const kept: Hex[] = [];
  elements.forEach((element, index) => {
    if (element === (index === 0 ? start : elements[index - 1])) bitmap |= 1n << BigInt(index);
    else kept.push(element);
  });
  const digits = [bitmap.toString(16).padStart(2 * BITMAP_BYTES, "0"), ...kept.map((element) => element.slice(2))];
  return hexToBytes(`0x${digits.join("")}`);
}

/**
 * The states at indices 1 to 64 of a history that was posted as `data`.
 * @throws {RollupError} `HISTORY_MALFORMED` if the data's length is not what its bitmap says.
 */
export function decodeCalldataHistory(start: Hex, data: Uint8Array): Hex[] {
  const bitmap = data.length < BITMAP_BYTES ? 0n : BigInt(bytesToHex(data.subarray(0, BITMAP_BYTES)));
  const elements: Hex[] = [];
  let at = BITMAP_BYTES;
  for (let index = 0; index < ELEMENTS; index++) {
    if ((bitmap >> BigInt(index)) & 1n) {
      elements.push(index === 0 ? start : elements[index - 1]);
    } else {
      elements.push(bytesToHex(data.subarray(at, at + WORD)));
      at += WORD;
    }
  }
  if (at === data.length) return elements;
  throw new RollupError("HISTORY_MALFORMED", "A history's data has not the length that its bitmap says.", {
    given: data.length,
    expected: at,
  });
}

/** Twin of `CalldataHistory.commit`, from the elements themselves. */
export function commitCalldataHistory(elements: readonly Hex[]): Committed {
  return { commitment: treeOf(elements).root, last: elements[ELEMENTS - 1] };
}

/** The proof that `CalldataHistory.open` takes for the states at `index` and `index + 1`, `index` from 0 to 63. */
export function openCalldataHistory(elements: readonly Hex[], index: number): Uint8Array {
  const tree = treeOf(elements);
  if (index === 0) return tree.prove(0);
  const siblings: Uint8Array[] = [];
  let left = index - 1;
  let right = index;
  for (let height = 0; height < CALLDATA_HISTORY_WIDTH; height++, left >>= 1, right >>= 1) {
    if (left === right) siblings.push(tree.node(height, left ^ 1));
    else if (left >> 1 !== right >> 1) siblings.push(tree.node(height, left ^ 1), tree.node(height, right ^ 1));
  }
  return new Uint8Array(Buffer.concat(siblings));
}

function treeOf(elements: readonly Hex[]): WordTree {
  checkElements(elements);
  return new WordTree(hexToBytes(`0x${elements.map((element) => element.slice(2)).join("")}`));
}

function checkElements(elements: readonly Hex[]): void {
  if (elements.length === ELEMENTS) return;
  throw new RollupError("HISTORY_MALFORMED", "A calldata history has a fixed number of states.", {
    given: elements.length,
    expected: ELEMENTS,
  });
}
