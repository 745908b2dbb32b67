/*
 * A Merkle tree of depth 32 that grows from left to right; leaves that are not there yet are zero. It keeps the left
 * siblings that later leaves need.
 */
#ifndef ROLLUP_MERKLE_TREE_H
#define ROLLUP_MERKLE_TREE_H

#include "crypto.h"

enum { TREE_DEPTH = 32 };

/** The most leaves that a `MerkleTree` takes. */
#define TREE_CAPACITY (((uint64_t)1 << TREE_DEPTH) - 1)

/** All zero if it is empty. */
typedef struct {
  /** How many leaves it has. */
  uint64_t count;
  Word siblings[TREE_DEPTH];
} MerkleTree;

/** Adds a leaf; there must be room. */
static inline void treeAppend(MerkleTree *tree, const Word *leaf) {
  Word node = *leaf;
  uint64_t index = tree->count++;
  uint32_t height = 0;
  for (; index & 1; index >>= 1) hashPair(&tree->siblings[height++], &node, &node);
  tree->siblings[height] = node;
}

static inline void treeRoot(const MerkleTree *tree, Word *dest) {
  Word node, zeros;
  wordClear(&node);
  wordClear(&zeros);
  for (uint32_t height = 0; height < TREE_DEPTH; ++height) {
    if ((tree->count >> height) & 1) hashPair(&tree->siblings[height], &node, &node);
    else hashPair(&node, &zeros, &node);
    hashPair(&zeros, &zeros, &zeros);
  }
  *dest = node;
}

#endif
