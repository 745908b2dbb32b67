import { concat } from "ethers";

import { hexToBytes, type Hex } from "../../plugin/hex.js";
import { WordTree } from "../../plugin/sources/wordTree.js";

/** How many elements a calldata history has. */
export const ELEMENTS = 64;

/** Data of a calldata history; `states` are those at indices 0 to 64. */
export function historyData(states: readonly Hex[]): Hex {
  let bitmap = 0n;
  const kept: Hex[] = [];
  for (let k = 0; k < ELEMENTS; k++) {
    if (states[k + 1] === states[k]) bitmap |= 1n << BigInt(k);
    else kept.push(states[k + 1]);
  }
  return concat([`0x${bitmap.toString(16).padStart(16, "0")}`, ...kept]) as Hex;
}

/** The states at indices 0 to 64 of a history that was posted as `data`. */
export function decodeHistory(start: Hex, data: Hex): Hex[] {
  const states: Hex[] = [start];
  let offset = 18;
  for (let k = 0; k < ELEMENTS; k++) {
    if ((BigInt(data.slice(0, 18)) >> BigInt(k)) & 1n) {
      states.push(states[k]);
    } else {
      states.push(`0x${data.slice(offset, offset + 64)}`);
      offset += 64;
    }
  }
  return states;
}

/** The root over the states at indices 1 to 64. */
export function historyRoot(states: readonly Hex[]): Hex {
  return treeOf(states).root;
}

/** Opens the states at `index` and `index + 1`. */
export function historyOpening(states: readonly Hex[], index: number): Hex {
  const tree = treeOf(states);
  if (index === 0) return concat([tree.prove(0)]) as Hex;
  let [left, right] = [index - 1, index];
  const siblings: Uint8Array[] = [];
  for (let height = 0; height < 6; height++) {
    if (left === right) siblings.push(tree.node(height, left ^ 1));
    else if (left % 2 === 1) siblings.push(tree.node(height, left - 1), tree.node(height, right + 1));
    left >>= 1;
    right >>= 1;
  }
  return concat(siblings) as Hex;
}

function treeOf(states: readonly Hex[]): WordTree {
  return new WordTree(hexToBytes(concat(states.slice(1)) as Hex));
}
