#include "withdrawals.h"

#include <merkleTree.h>

static MerkleTree tree;
static uint64_t published;

Refusal withdraw(const Word *recipient, const Word *amount) {
  Word leaf;
  if (tree.count == TREE_CAPACITY) return TREE_FULL;
  wordSetNumber(&entry.words[1], tree.count);
  entry.words[2] = *recipient;
  entry.words[3] = *amount;
  keccak256(&entry.words[1], 3 * sizeof(Word), &leaf);
  treeAppend(&tree, &leaf);
  writeLog(WITHDRAWN);
  return NOT_REFUSED;
}

void publishWithdrawals(void) {
  Word root;
  if (tree.count == published) return;
  published = tree.count;
  treeRoot(&tree, &root);
  publishRoot(&root);
}
