/*
 * What the chain pays and calls on L1, once a state with it is confirmed: a tree of which the guest publishes the root, and a log of
 * each leaf, from which users' programs make proofs. To be included in one file: it reserves the tree.
 */
#ifndef ROLLUP_OUTBOX_H
#define ROLLUP_OUTBOX_H

#include "crypto.h"
#include "merkleTree.h"
#include "output.h"

/** As contracts on L1 number them. */
typedef enum { OUTPUT_WITHDRAWAL = 1, OUTPUT_MESSAGE = 2 } OutputKind;

/** Words of an output's leaf: its kind, its index, and three of its own. */
enum { OUTPUT_WORDS = 5 };

static MerkleTree outputTree;
static uint64_t publishedOutputs;

static inline bool appendOutput(OutputKind kind, const Word *first, const Word *second, const Word *third) {
  static Block leaf;
  Word hash;
  if (outputTree.count == TREE_CAPACITY) return false;
  wordSetNumber(&leaf.words[0], kind);
  wordSetNumber(&leaf.words[1], outputTree.count);
  leaf.words[2] = *first;
  leaf.words[3] = *second;
  leaf.words[4] = *third;
  logBytes(&leaf, OUTPUT_WORDS * sizeof(Word));
  keccak256(&leaf, OUTPUT_WORDS * sizeof(Word), &hash);
  treeAppend(&outputTree, &hash);
  return true;
}

/**
 * The bridge pays an amount, once. The guest answers for it that somebody has deposited that much and has it no more.
 * @param token Zero for ether. @returns False if there is no room for any more outputs.
 */
static inline bool withdraw(const Word *token, const Word *recipient, const Word *amount) {
  return appendOutput(OUTPUT_WITHDRAWAL, token, recipient, amount);
}

/**
 * The messenger calls a contract, once, with data that is known to whoever has it executed.
 * @param sender Who the contract is told has sent it. @param dataHash keccak256 of the data. @returns As `withdraw`.
 */
static inline bool sendMessage(const Word *sender, const Word *target, const Word *dataHash) {
  return appendOutput(OUTPUT_MESSAGE, sender, target, dataHash);
}

/** Publishes the outputs if there are new ones; to be called at the end of an input that may have made some. */
static inline void publishOutputs(void) {
  Word root;
  if (outputTree.count == publishedOutputs) return;
  publishedOutputs = outputTree.count;
  treeRoot(&outputTree, &root);
  publishRoot(&root);
}

#endif
