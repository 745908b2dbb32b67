import { bitOf, Branch, hashTrees, rootOf, type Node } from "./branch.js";
import { equalWords, WORD_SIZE, zeroHashes } from "./hashing.js";
import { Page, PAGE_HEIGHT } from "./page.js";

export { PAGE_HEIGHT };

/** What a witness says of one leaf, or of an aligned subtree of `2^s` leaves. */
export interface Opening {
  /** The leaves, 32 bytes each. */
  readonly leaves: Uint8Array;
  /** Bit `k` set: the sibling at height `k` is the zero subtree and left out. */
  readonly bitmap: number;
  /** The other siblings, from the leaves upwards. */
  readonly siblings: readonly Uint8Array[];
}

/**
 * A Merkle tree of fixed depth over 32-byte leaves that never changes: a change makes a new tree that shares all other
 * pages and their hashes. Hashes are computed when first asked for, and of a changed page only along its changed leaves.
 */
export class MerkleTree {
  /** Height of this tree's pages: `PAGE_HEIGHT`, or the depth of a smaller tree. */
  readonly pageHeight: number;

  private constructor(
    readonly depth: number,
    private readonly top: Node,
  ) {
    this.pageHeight = Math.min(depth, PAGE_HEIGHT);
  }

  /** The tree of `2^depth` zero leaves; `depth` is at most 32. */
  static empty(depth: number): MerkleTree {
    return new MerkleTree(depth, undefined);
  }

  /** The tree whose leaves are `bytes`, zero-padded on the right. */
  static of(depth: number, bytes: Uint8Array): MerkleTree {
    const size = MerkleTree.empty(depth).pageSize;
    const pages: [number, Uint8Array][] = [];
    for (let start = 0; start < bytes.length; start += size) {
      const part = bytes.subarray(start, start + size);
      if (isZero(part)) continue;
      const data = new Uint8Array(size);
      data.set(part);
      pages.push([start / size, data]);
    }
    return MerkleTree.empty(depth).withPages(pages);
  }

  /** Computes the roots of several trees at once, which is faster than one by one. */
  static hash(trees: readonly MerkleTree[]): void {
    hashTrees(trees.map(({ top }) => top));
  }

  /** Bytes of a page. */
  get pageSize(): number {
    return WORD_SIZE << this.pageHeight;
  }

  root(): Uint8Array {
    hashTrees([this.top]);
    return rootOf(this.top, this.depth);
  }

  /** The bytes of page `index`, undefined if it was never written (all zero). Not to be written to. */
  page(index: number): Uint8Array | undefined {
    let node = this.top;
    for (let height = this.depth; height > this.pageHeight; height--) {
      if (node === undefined) return undefined;
      node = child(node, index, height - 1 - this.pageHeight);
    }
    return (node as Page | undefined)?.data;
  }

  /** The leaf at `index`, 32 bytes. Not to be written to. */
  leaf(index: number): Uint8Array {
    const page = this.page(Math.floor(index / 2 ** this.pageHeight));
    if (page === undefined) return zeroHashes[0];
    const start = (index % 2 ** this.pageHeight) * WORD_SIZE;
    return page.subarray(start, start + WORD_SIZE);
  }

  /** The tree with other pages, of which the last counts if an index comes twice. Takes over the arrays, each of `pageSize` bytes. */
  withPages(pages: Iterable<readonly [index: number, data: Uint8Array]>): MerkleTree {
    const sorted = [...pages].sort(([a], [b]) => a - b);
    return new MerkleTree(this.depth, this.replace(this.top, this.depth, sorted, 0, sorted.length));
  }

  /** The tree with another leaf at `index`. */
  withLeaf(index: number, leaf: Uint8Array): MerkleTree {
    const pageIndex = Math.floor(index / 2 ** this.pageHeight);
    const data = this.page(pageIndex)?.slice() ?? new Uint8Array(this.pageSize);
    data.set(leaf, (index % 2 ** this.pageHeight) * WORD_SIZE);
    return this.withPages([[pageIndex, data]]);
  }

  /** Opens the leaf at `index`, or, if `height` is above 0, the aligned subtree of `2^height` leaves that starts there. */
  opening(index: number, height = 0): Opening {
    const size = WORD_SIZE << height;
    const leaves = new Uint8Array(size);
    for (let i = 0; i < 2 ** height; i++) leaves.set(this.leaf(index + i), i * WORD_SIZE);
    let bitmap = 0;
    const siblings: Uint8Array[] = [];
    const path = this.siblings(index);
    for (let level = height; level < this.depth; level++) {
      if (equalWords(path[level], zeroHashes[level])) bitmap = (bitmap | (1 << level)) >>> 0;
      else siblings.push(path[level]);
    }
    return { leaves, bitmap, siblings };
  }

  /** The pages that were ever written, in ascending order. */
  *pages(): Generator<TreePage> {
    hashTrees([this.top]);
    yield* pagesOf(this.top, this.depth - this.pageHeight, 0);
  }

  /** Indices of the pages in which this tree and `other`, of the same depth, may differ. Cheap where they share. */
  *differingPages(other: MerkleTree): Generator<number> {
    yield* differingPages(this.top, other.top, this.depth - this.pageHeight, 0);
  }

  /** The siblings of the path to leaf `index`, by height, zero subtrees too. */
  siblings(index: number): Uint8Array[] {
    hashTrees([this.top]);
    const path = new Array<Uint8Array>(this.depth);
    let node = this.top;
    for (let height = this.depth - 1; height >= this.pageHeight; height--) {
      const right = bitOf(index, height) === 1;
      const [taken, sibling]: [Node, Node] =
        node instanceof Branch ? (right ? [node.right, node.left] : [node.left, node.right]) : [undefined, undefined];
      path[height] = rootOf(sibling, height);
      node = taken;
    }
    const inPage = index % 2 ** this.pageHeight;
    for (let height = 0; height < this.pageHeight; height++)
      path[height] = node instanceof Page ? node.node(height, (inPage >>> height) ^ 1) : zeroHashes[height];
    return path;
  }

  /** `node` with the pages `from` to `to` of `pages`, all of them below it and in ascending order. */
  private replace(node: Node, height: number, pages: readonly IndexedPage[], from: number, to: number): Node {
    if (from === to) return node;
    if (height === this.pageHeight) return new Page(pages[to - 1][1], node instanceof Page ? node : undefined);
    const branch = node instanceof Branch ? node : undefined;
    let middle = from;
    while (middle < to && bitOf(pages[middle][0], height - 1 - this.pageHeight) === 0) middle++;
    return new Branch(
      this.replace(branch?.left, height - 1, pages, from, middle),
      this.replace(branch?.right, height - 1, pages, middle, to),
      height,
    );
  }
}

/** A page of a tree, with its root: pages of one size that have the same root are the same. None of it is to be written to. */
export interface TreePage {
  readonly index: number;
  readonly data: Uint8Array;
  readonly root: Uint8Array;
}

type IndexedPage = readonly [index: number, data: Uint8Array];

const ZERO_PAGE = new Uint8Array(WORD_SIZE << PAGE_HEIGHT);

/** Of at most a page. */
function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ZERO_PAGE.subarray(0, bytes.length)) === 0;
}

function child(node: Node, index: number, bit: number): Node {
  return node instanceof Branch ? (bitOf(index, bit) === 1 ? node.right : node.left) : undefined;
}

function* differingPages(a: Node, b: Node, height: number, index: number): Generator<number> {
  if (a === b) return;
  if (height === 0) {
    yield index;
    return;
  }
  const [left, right] = [a instanceof Branch ? a : undefined, b instanceof Branch ? b : undefined];
  yield* differingPages(left?.left, right?.left, height - 1, index * 2);
  yield* differingPages(left?.right, right?.right, height - 1, index * 2 + 1);
}

function* pagesOf(node: Node, height: number, index: number): Generator<TreePage> {
  if (node instanceof Branch) {
    yield* pagesOf(node.left, height - 1, index * 2);
    yield* pagesOf(node.right, height - 1, index * 2 + 1);
  } else if (node !== undefined) yield { index, data: node.data, root: node.root() };
}
