import { nodeHasher, WORD_SIZE } from "./hashing.js";
import { NodeBatch } from "./hashing/nodeBatch.js";
import { NODE_CAPACITY, type NodeHasher } from "./hashing/nodeHasher.js";

/** The greatest height of a page: 128 leaves, 4 KiB. */
export const PAGE_HEIGHT = 7;

/** Nodes of the greatest page, leaves included; its place among a hasher's nodes. */
const PLACE = 2 << PAGE_HEIGHT;

/** Pages that are hashed together, so that two nodes can always be computed at once. */
const PAGES_AT_ONCE = NODE_CAPACITY / PLACE;

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

  /** Hashes many pages at once; those that are hashed already cost nothing. */
  static hash(pages: readonly Page[], hasher: NodeHasher = nodeHasher): void {
    const unhashed = pages.filter((page) => !page.hashed);
    const batch = new NodeBatch(hasher);
    for (let first = 0; first < unhashed.length; first += PAGES_AT_ONCE) {
      Page.hashTogether(unhashed.slice(first, first + PAGES_AT_ONCE), hasher, batch);
    }
  }

  /** Whether its nodes are known. */
  get hashed(): boolean {
    return this.nodes !== undefined || this.leafCount === 1;
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
    if (this.nodes === undefined) Page.hash([this]);
    return this.nodes!.subarray(position * WORD_SIZE, (position + 1) * WORD_SIZE);
  }

  private static hashTogether(pages: readonly Page[], hasher: NodeHasher, batch: NodeBatch): void {
    let changed: number[] = [];
    pages.forEach((page, index) => page.enter(hasher.nodes, index * PLACE, changed));
    for (let height = 1; changed.length > 0; height++) {
      for (const node of changed) batch.add(node + (node % PLACE), node, height);
      batch.run();
      changed = parentsOf(changed);
    }
    pages.forEach((page, index) => page.leave(hasher.nodes, index * PLACE));
  }

  /** Brings leaves and known nodes to `place` among a hasher's nodes, and names those whose leaves differ from the base's. */
  private enter(nodes: Uint8Array, place: number, changed: number[]): void {
    const pairs = this.leafCount >>> 1;
    nodes.set(this.data, (place + this.leafCount) * WORD_SIZE);
    if (this.base?.nodes === undefined) {
      for (let pair = 0; pair < pairs; pair++) changed.push(place + pairs + pair);
      return;
    }
    nodes.set(this.base.nodes, place * WORD_SIZE);
    const [ours, theirs] = [wordsOf(this.data), wordsOf(this.base.data)];
    for (let pair = 0; pair < pairs; pair++) {
      if (!equalRange(ours, theirs, pair * PAIR_WORDS, (pair + 1) * PAIR_WORDS)) changed.push(place + pairs + pair);
    }
  }

  private leave(nodes: Uint8Array, place: number): void {
    this.nodes = nodes.slice(place * WORD_SIZE, (place + this.leafCount) * WORD_SIZE);
    this.base = undefined;
  }
}

/** 32-bit words of two leaves. */
const PAIR_WORDS = (2 * WORD_SIZE) / 4;

/** The parents of a level's nodes, each once; both in ascending order. Roots have none. */
function parentsOf(level: readonly number[]): number[] {
  const parents: number[] = [];
  for (const node of level) {
    const position = node % PLACE;
    const parent = node - position + (position >>> 1);
    if (position > 1 && parents[parents.length - 1] !== parent) parents.push(parent);
  }
  return parents;
}

function wordsOf(data: Uint8Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length >>> 2);
}

function equalRange(a: Int32Array, b: Int32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return false;
  return true;
}
