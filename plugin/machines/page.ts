import { hashNode, WORD_SIZE, zeroHashes } from "./hashing.js";

/**
 * A run of `2^k` leaves with the nodes above them, hashed when first asked for. A page that replaces another hashes only
 * along the leaves in which they differ.
 */
export class Page {
  /** Nodes in heap order, 32 bytes each: 1 is the root, the leaves would follow the last. */
  private nodes: Uint8Array | undefined;
  /** The nearest hashed page that this one replaces; kept until this one is hashed. */
  private base: Page | undefined;

  /** Takes over `data`, which must not change from now on. */
  constructor(
    readonly data: Uint8Array,
    replaced?: Page,
  ) {
    this.base = replaced?.nodes === undefined ? replaced?.base : replaced;
  }

  root(): Uint8Array {
    return this.leafCount === 1 ? this.data : this.heapNode(1);
  }

  /** The node number `index` of those at `height`. */
  node(height: number, index: number): Uint8Array {
    if (height === 0) return this.data.subarray(index * WORD_SIZE, (index + 1) * WORD_SIZE);
    return this.heapNode((this.leafCount >>> height) + index);
  }

  private get leafCount(): number {
    return this.data.length / WORD_SIZE;
  }

  private heapNode(position: number): Uint8Array {
    this.nodes ??= this.hash();
    return this.nodes.subarray(position * WORD_SIZE, (position + 1) * WORD_SIZE);
  }

  private hash(): Uint8Array {
    const baseNodes = this.base?.nodes;
    const nodes = baseNodes?.slice() ?? new Uint8Array(this.data.length);
    let changed = this.hashLeaves(nodes, baseNodes === undefined ? undefined : this.base?.data);
    for (let first = this.leafCount >>> 2, height = 2; first > 0; first >>>= 1, height++) {
      const parents = new Set<number>();
      for (const position of changed) parents.add(position >>> 1);
      for (const parent of parents) hashNodeOrZero(nodes, parent * 2 * WORD_SIZE, nodes, parent * WORD_SIZE, height);
      changed = parents;
    }
    this.base = undefined;
    return nodes;
  }

  /** Hashes the pairs of leaves that differ from `base` (all, if there is none); gives the positions of their parents. */
  private hashLeaves(nodes: Uint8Array, base: Uint8Array | undefined): Set<number> {
    const changed = new Set<number>();
    const [ours, theirs] = [wordsOf(this.data), base === undefined ? undefined : wordsOf(base)];
    const pairs = this.leafCount >>> 1;
    for (let pair = 0; pair < pairs; pair++) {
      if (theirs !== undefined && equalRange(ours, theirs, pair * 16, pair * 16 + 16)) continue;
      hashNodeOrZero(this.data, pair * 2 * WORD_SIZE, nodes, (pairs + pair) * WORD_SIZE, 1);
      changed.add(pairs + pair);
    }
    return changed;
  }
}

/** As `hashNode`, without hashing where both children are zero subtrees; the parent is at `height`. */
function hashNodeOrZero(source: Uint8Array, from: number, target: Uint8Array, to: number, height: number): void {
  const zero = zeroHashes[height - 1];
  for (let i = 0; i < 2 * WORD_SIZE; i++) {
    if (source[from + i] !== zero[i & (WORD_SIZE - 1)]) return hashNode(source, from, target, to);
  }
  target.set(zeroHashes[height], to);
}

function wordsOf(data: Uint8Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length >>> 2);
}

function equalRange(a: Int32Array, b: Int32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return false;
  return true;
}
