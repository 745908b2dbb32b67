#include "outputs.h"

#include <merkleTree.h>

/** Words of an output's leaf: its kind, its index, and three of its own. */
enum { WORDS = 5 };

static MerkleTree tree;
static uint64_t published;

static Refusal append(LogKind kind, const Word *first, const Word *second, const Word *third) {
  Word leaf;
  if (tree.count == TREE_CAPACITY) return TREE_FULL;
  wordSetNumber(&entry.words[1], tree.count);
  entry.words[2] = *first;
  entry.words[3] = *second;
  entry.words[4] = *third;
  writeLog(kind, WORDS);
  keccak256(&entry, WORDS * sizeof(Word), &leaf);
  treeAppend(&tree, &leaf);
  return NOT_REFUSED;
}

Refusal withdraw(const Word *token, const Word *recipient, const Word *amount) {
  return append(WITHDRAWN, token, recipient, amount);
}

Refusal sendMessage(const Word *sender, const Word *target, const Word *dataHash) {
  return append(SENT, sender, target, dataHash);
}

void publishOutputs(void) {
  Word root;
  if (tree.count == published) return;
  published = tree.count;
  treeRoot(&tree, &root);
  publishRoot(&root);
}
