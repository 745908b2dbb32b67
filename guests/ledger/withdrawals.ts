import { keccak256, publish, reserveTree, reserveWord, TREE_CAPACITY, Word, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { entry, LogKind, Refusal, writeLog } from "./logs";

const tree = reserveTree();
const hash = reserveWord();
let published: u64 = 0;

/** Adds a withdrawal to the tree. */
export function withdraw(recipient: Word, amount: Word): Refusal {
  if (tree.count == TREE_CAPACITY) return Refusal.TreeFull;
  wordOf(entry, 1).setNumber(tree.count);
  wordOf(entry, 2).set(recipient);
  wordOf(entry, 3).set(amount);
  keccak256(entry + WORD, 3 * WORD, hash);
  tree.append(hash);
  writeLog(LogKind.Withdrawal);
  return Refusal.None;
}

/** Publishes the tree's root if it has changed; once for each input is enough. */
export function publishWithdrawals(): void {
  if (tree.count == published) return;
  published = tree.count;
  tree.root(hash);
  publish(hash);
}
