import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, type Hex } from "../hex.js";

const WORD = 32;

/** The Merkle tree over the 32-byte words of some bytes; the twin of `WordTree` in Solidity. */
export class WordTree {
  /** Of an input of no bytes it is 0. */
  public readonly root: Hex;
  /** Leaves first, the root last. */
  private readonly levels: readonly Uint8Array[];

  public constructor(data: Uint8Array) {
    const levels = [leavesOf(data)];
    while (levels[levels.length - 1].length > WORD) levels.push(parentsOf(levels[levels.length - 1]));
    this.levels = levels;
    this.root = bytesToHex(levels[levels.length - 1]);
  }

  /** How many siblings a proof has. */
  public get depth(): number {
    return this.levels.length - 1;
  }

  /** The siblings of the word at `index`, from the leaf upwards, 32 bytes each. */
  public prove(index: number): Uint8Array {
    const proof = new Uint8Array(this.depth * WORD);
    for (let height = 0; height < this.depth; height++) proof.set(this.node(height, (index >> height) ^ 1), height * WORD);
    return proof;
  }

  /** The node at `index` of those at `height` above the leaves. */
  public node(height: number, index: number): Uint8Array {
    return this.levels[height].subarray(index * WORD, (index + 1) * WORD);
  }
}

function leavesOf(data: Uint8Array): Uint8Array {
  const words = Math.max(1, Math.ceil(data.length / WORD));
  const leaves = new Uint8Array(WORD * 2 ** Math.ceil(Math.log2(words)));
  leaves.set(data);
  return leaves;
}

function parentsOf(nodes: Uint8Array): Uint8Array {
  const parents = new Uint8Array(nodes.length / 2);
  for (let at = 0; at < parents.length; at += WORD) {
    parents.set(keccak_256(nodes.subarray(2 * at, 2 * at + 2 * WORD)), at);
  }
  return parents;
}
