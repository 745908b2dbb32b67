import { nodeHasher } from "../plugin/machines/hashing.js";
import { NODE_CAPACITY } from "../plugin/machines/hashing/nodeHasher.js";
import { MerkleTree } from "../plugin/machines/merkle.js";

/** What the hasher and the trees over it reach on this machine: the best of several runs, since others use it too. */
export interface HashBenchmark {
  /** Millions of keccak256 of 64 bytes in a second, a level of 2048 nodes at a time. */
  readonly mhashPerSecond: number;
  /** Seconds for the root of 64 MiB without a zero leaf, from the bytes. */
  readonly full64MiB: number;
  /** Seconds for the root of these 64 MiB after every leaf of 100 pages of 4 KiB has changed. */
  readonly dirty100Pages: number;
  /** As `dirty100Pages`, with one word changed in each page. */
  readonly dirty100Words: number;
}

const MEMORY = 64 * 2 ** 20;
const PAGE = 4096;
const PAGES = MEMORY / PAGE;
/** Of the tree over `MEMORY` bytes. */
const DEPTH = 21;

/** Measures all of it; takes some seconds. */
export function benchHash(): HashBenchmark {
  const bytes = pseudoRandomBytes(MEMORY);
  const tree = MerkleTree.of(DEPTH, bytes);
  return {
    mhashPerSecond: levelsPerSecond() / 1e6,
    full64MiB: fastest(5, () => MerkleTree.of(DEPTH, bytes).root()),
    dirty100Pages: dirty(tree, changeEveryLeaf),
    dirty100Words: dirty(tree, (data, run) => (data[(run * 32) % PAGE] ^= 1)),
  };
}

function levelsPerSecond(): number {
  const parents = NODE_CAPACITY / 4;
  const calls = 50;
  nodeHasher.nodes.set(pseudoRandomBytes(2 * parents * 32));
  const seconds = fastest(20, () => {
    for (let call = 0; call < calls; call++) nodeHasher.hashLevel(0, 2 * parents, parents);
  });
  return (calls * parents) / seconds;
}

/** What a machine does for a state hash: copies of 100 pages that are spread over memory, changed, in a new tree, and its root. */
function dirty(tree: MerkleTree, change: (data: Uint8Array, run: number) => void): number {
  tree.root();
  let run = 0;
  return fastest(20, () => {
    run++;
    const pages = Array.from({ length: 100 }, (_, i): [number, Uint8Array] => {
      const index = (i * 163 + run * 37) % PAGES;
      const data = tree.page(index)!.slice();
      change(data, run);
      return [index, data];
    });
    tree.withPages(pages).root();
  });
}

function changeEveryLeaf(data: Uint8Array): void {
  for (let at = 0; at < PAGE; at += 32) data[at] ^= 1;
}

/** Seconds that the fastest of `runs` took. */
function fastest(runs: number, work: () => void): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

/** From Knuth's multiplicative hash; no 32 of them are all zero. */
function pseudoRandomBytes(length: number): Uint8Array {
  const words = new Uint32Array(length / 4);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2_654_435_761);
  return new Uint8Array(words.buffer);
}
