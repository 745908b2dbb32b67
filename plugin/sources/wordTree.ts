import { bytesToHex, hexToBytes, type Hex } from "../hex.js";
import { equalWords, hashLevel, hashPair } from "../machines/hashing.js";

const WORD = 32;

/** The Merkle tree over the 32-byte words of some bytes; the twin of `WordTree` in Solidity. */
export class WordTree {
  /** Of an input of no bytes it is 0. */
  public readonly root: Hex;
  /** Leaves first, the root last. */
  private readonly levels: readonly Uint8Array[];

  public constructor(data: Uint8Array) {
    const levels = [leavesOf(data)];
    while (levels[levels.length - 1].length > WORD) levels.push(hashLevel(levels[levels.length - 1]));
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
    for (let height = 0; height < this.depth; height++)
      proof.set(this.node(height, (index >> height) ^ 1), height * WORD);
    return proof;
  }

  /** The node at `index` of those at `height` above the leaves. */
  public node(height: number, index: number): Uint8Array {
    return this.levels[height].subarray(index * WORD, (index + 1) * WORD);
  }
}

/** The word at `index` of some bytes: `32 * index` and on, zero-padded; zero past the end. */
export function wordAt(data: Uint8Array, index: number): Uint8Array {
  const word = new Uint8Array(WORD);
  word.set(data.subarray(index * WORD, (index + 1) * WORD));
  return word;
}

/** Whether `proof` shows `word` at `index` below `root`, in the tree over `length` bytes. */
export function verifyWord(root: Hex, length: number, index: number, word: Uint8Array, proof: Uint8Array): boolean {
  const words = Math.ceil(length / WORD);
  const depth = words <= 1 ? 0 : 32 - Math.clz32(words - 1);
  if (index < 0 || index >= words || proof.length !== depth * WORD) return false;
  let node = word;
  for (let height = 0; height < depth; height++) {
    const sibling = proof.subarray(height * WORD, (height + 1) * WORD);
    node = (index >>> height) & 1 ? hashPair(sibling, node) : hashPair(node, sibling);
  }
  return equalWords(node, hexToBytes(root));
}

function leavesOf(data: Uint8Array): Uint8Array {
  const words = Math.max(1, Math.ceil(data.length / WORD));
  const leaves = new Uint8Array(WORD * 2 ** Math.ceil(Math.log2(words)));
  leaves.set(data);
  return leaves;
}
