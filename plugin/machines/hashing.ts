import { makeNobleHasher } from "./hashing/nobleHasher.js";
import { NODE_CAPACITY, NODE_SIZE, type NodeHasher } from "./hashing/nodeHasher.js";
import { makeSimdHasher } from "./hashing/simdHasher.js";

/** Bytes of a word, a leaf and a hash. */
export const WORD_SIZE = NODE_SIZE;

/** The deepest tree that an opening's bitmap can describe. */
export const MAX_DEPTH = 32;

/** The fastest hasher that this engine runs; all trees share it. */
export const nodeHasher: NodeHasher = makeSimdHasher() ?? makeNobleHasher();

/** The parent of two nodes. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  const { nodes } = nodeHasher;
  nodes.set(left);
  nodes.set(right, WORD_SIZE);
  nodeHasher.hashLevel(0, 2, 1);
  return nodes.slice(2 * WORD_SIZE, 3 * WORD_SIZE);
}

/** Parents that are made in one call, with room for their children. */
const LEVEL_CHUNK = NODE_CAPACITY / 4;

/** The level above `nodes`, of which there must be an even number. */
export function hashLevel(nodes: Uint8Array): Uint8Array {
  const parents = new Uint8Array(nodes.length / 2);
  const size = LEVEL_CHUNK * WORD_SIZE;
  for (let at = 0; at < parents.length; at += size) {
    const children = nodes.subarray(2 * at, 2 * (at + size));
    const length = children.length / 2;
    nodeHasher.nodes.set(children);
    nodeHasher.hashLevel(0, 2 * LEVEL_CHUNK, length / WORD_SIZE);
    parents.set(nodeHasher.nodes.subarray(2 * size, 2 * size + length), at);
  }
  return parents;
}

/** keccak256 of short parts, one after the other: a state, registers and roots. At most 256 KiB. */
export function hashParts(...parts: readonly Uint8Array[]): Uint8Array {
  const { nodes } = nodeHasher;
  let length = 0;
  for (const part of parts) {
    nodes.set(part, length);
    length += part.length;
  }
  nodeHasher.hashBytes(length, 0);
  return nodes.slice(0, WORD_SIZE);
}

/** Root of the zero subtree by height; `zeroHashes[0]` is the zero leaf. Not to be written to. */
export const zeroHashes: readonly Uint8Array[] = makeZeroHashes();

function makeZeroHashes(): Uint8Array[] {
  const hashes: Uint8Array[] = [new Uint8Array(WORD_SIZE)];
  for (let height = 0; height < MAX_DEPTH; height++) hashes.push(hashPair(hashes[height], hashes[height]));
  return hashes;
}

/** Whether two words are equal. */
export function equalWords(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < WORD_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}
