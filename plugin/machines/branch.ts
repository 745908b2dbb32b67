import { nodeHasher, WORD_SIZE, zeroHashes } from "./hashing.js";
import { NodeBatch } from "./hashing/nodeBatch.js";
import { JOB_CAPACITY } from "./hashing/nodeHasher.js";
import { Page } from "./page.js";

/** An inner node of a tree above its pages; never changes. A missing child is a zero subtree. */
export class Branch {
  /** Undefined until it is asked for; known only if those below are. */
  hash: Uint8Array | undefined;

  constructor(
    readonly left: Node,
    readonly right: Node,
    /** Above the leaves. */
    readonly height: number,
  ) {}
}

export type Node = Branch | Page | undefined;

/** Bit operators cut numbers to 32 bits with a sign, and a leaf's index has up to 32 without. */
export function bitOf(index: number, bit: number): number {
  return (index >>> bit) & 1;
}

/** The hash of a node of a tree that is hashed. */
export function rootOf(node: Node, height: number): Uint8Array {
  if (node === undefined) return zeroHashes[height];
  return node instanceof Page ? node.root() : node.hash!;
}

/** Hashes what is not hashed yet below and at these nodes: all pages together, then one height of branches after another. */
export function hashTrees(tops: readonly Node[]): void {
  if (tops.every(isHashed)) return;
  const pages: Page[] = [];
  const branches: Branch[][] = [];
  for (const top of tops) collectUnhashed(top, pages, branches);
  Page.hash(pages);
  // Sparse: there are none where the pages are.
  branches.forEach(hashBranches);
}

function isHashed(node: Node): boolean {
  return node === undefined || (node instanceof Page ? node.hashed : node.hash !== undefined);
}

function collectUnhashed(node: Node, pages: Page[], branches: Branch[][]): void {
  if (isHashed(node)) return;
  if (node instanceof Branch) {
    (branches[node.height] ??= []).push(node);
    collectUnhashed(node.left, pages, branches);
    collectUnhashed(node.right, pages, branches);
  } else if (node !== undefined) pages.push(node);
}

const batch = new NodeBatch(nodeHasher);

/** Hashes branches of one height. */
function hashBranches(branches: readonly Branch[], height: number): void {
  for (let first = 0; first < branches.length; first += JOB_CAPACITY) {
    hashTogether(branches.slice(first, first + JOB_CAPACITY), height);
  }
}

/** Children lie at the front of the hasher's nodes, parents behind the place of the last. */
const PARENTS = 2 * JOB_CAPACITY;

function hashTogether(branches: readonly Branch[], height: number): void {
  const { nodes } = nodeHasher;
  branches.forEach(({ left, right }, index) => {
    nodes.set(rootOf(left, height - 1), 2 * index * WORD_SIZE);
    nodes.set(rootOf(right, height - 1), (2 * index + 1) * WORD_SIZE);
    batch.add(2 * index, PARENTS + index, height);
  });
  batch.run();
  branches.forEach((branch, index) => {
    branch.hash = nodes.slice((PARENTS + index) * WORD_SIZE, (PARENTS + index + 1) * WORD_SIZE);
  });
}
