import { keccak256, publish, reserveTree, reserveWord, TREE_CAPACITY, Word, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { entry, LogKind, Refusal, writeLog } from "./logs";

/** Words of an output's leaf: its kind, its index, and three of its own. */
const WORDS: u32 = 5;

const tree = reserveTree();
const hash = reserveWord();
let published: u64 = 0;

/** Adds a withdrawal to the tree. */
export function withdraw(token: Word, recipient: Word, amount: Word): Refusal {
  return append(LogKind.Withdrawal, token, recipient, amount);
}

/** Adds a message to the tree. */
export function sendMessage(sender: Word, target: Word, dataHash: Word): Refusal {
  return append(LogKind.Message, sender, target, dataHash);
}

/** Publishes the tree's root if it has changed; once for each input is enough. */
export function publishOutputs(): void {
  if (tree.count == published) return;
  published = tree.count;
  tree.root(hash);
  publish(hash);
}

function append(kind: LogKind, first: Word, second: Word, third: Word): Refusal {
  if (tree.count == TREE_CAPACITY) return Refusal.TreeFull;
  wordOf(entry, 1).setNumber(tree.count);
  wordOf(entry, 2).set(first);
  wordOf(entry, 3).set(second);
  wordOf(entry, 4).set(third);
  writeLog(kind, WORDS);
  keccak256(entry, WORDS * WORD, hash);
  tree.append(hash);
  return Refusal.None;
}
