import { WORD_SIZE, zeroHashes } from "../hashing.js";
import type { NodeHasher } from "./nodeHasher.js";

/** 32-bit words of a node. */
const NODE_WORDS = WORD_SIZE / 4;

/** The zero subtrees' roots as 32-bit words, one after the other. */
const ZERO_WORDS = new Int32Array(Uint8Array.from(Buffer.concat(zeroHashes)).buffer);

/** Collects nodes of one height that a hasher is to compute; those over zero subtrees are known and cost nothing. */
export class NodeBatch {
  private readonly words: Int32Array;
  private count = 0;

  constructor(private readonly hasher: NodeHasher) {
    const { nodes } = hasher;
    this.words = new Int32Array(nodes.buffer, nodes.byteOffset, nodes.length / 4);
  }

  /** Asks for the parent, at `height` above the leaves, of node `children` and the one behind it. */
  add(children: number, parent: number, height: number): void {
    if (this.isZeroPair(children, height - 1)) {
      this.hasher.nodes.set(zeroHashes[height], parent * WORD_SIZE);
      return;
    }
    const { jobs } = this.hasher;
    jobs[2 * this.count] = children;
    jobs[2 * this.count + 1] = parent;
    this.count++;
  }

  /** Computes what was asked for. */
  run(): void {
    this.hasher.hashListed(this.count);
    this.count = 0;
  }

  private isZeroPair(children: number, height: number): boolean {
    const [first, zero] = [children * NODE_WORDS, height * NODE_WORDS];
    for (let i = 0; i < 2 * NODE_WORDS; i++) {
      if (this.words[first + i] !== ZERO_WORDS[zero + (i & (NODE_WORDS - 1))]) return false;
    }
    return true;
  }
}
