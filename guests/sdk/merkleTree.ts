import { hashPair } from "./crypto";
import { reserveWord, wordOf } from "./memory";
import { Word } from "./word";

const node = reserveWord();
const zeros = reserveWord();

/** Height of a `MerkleTree`. */
export const TREE_DEPTH: u64 = 32;

/** The most leaves that a `MerkleTree` takes. */
export const TREE_CAPACITY: u64 = (1 << TREE_DEPTH) - 1;

/**
 * A Merkle tree of depth 32 that grows from left to right; leaves that are not there yet are zero. It keeps the left
 * siblings that later leaves need: 33 words, of which the first counts the leaves.
 */
@unmanaged
export class MerkleTree {
  /** The tree at an aligned address: 1056 bytes, all zero if it is empty. */
  @inline
  static at(pointer: usize): MerkleTree {
    return changetype<MerkleTree>(pointer);
  }

  /** How many leaves it has. */
  get count(): u64 {
    return load<u64>(changetype<usize>(this));
  }

  /** Adds a leaf; there must be room. */
  append(leaf: Word): void {
    let index = this.count;
    store<u64>(changetype<usize>(this), index + 1);
    node.set(leaf);
    let height: usize = 0;
    for (; index & 1; index >>= 1) hashPair(this.sibling(height++), node, node);
    this.sibling(height).set(node);
  }

  root(dest: Word): void {
    node.clear();
    zeros.clear();
    for (let height: u64 = 0; height < TREE_DEPTH; ++height) {
      if ((this.count >> height) & 1) hashPair(this.sibling(usize(height)), node, node);
      else hashPair(node, zeros, node);
      hashPair(zeros, zeros, zeros);
    }
    dest.set(node);
  }

  @inline
  private sibling(height: usize): Word {
    return wordOf(changetype<usize>(this), 1 + height);
  }
}

/** Reserves an empty tree. */
// @ts-ignore: decorator
@inline
export function reserveTree(): MerkleTree {
  return changetype<MerkleTree>(memory.data(33 * 32, 32));
}
