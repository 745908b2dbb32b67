import { keccak256 } from "./crypto";
import { reserveBlock, reserveWord, wordOf } from "./memory";
import { reserveTree, TREE_CAPACITY } from "./merkleTree";
import { log, publish } from "./output";
import { Word, WORD } from "./word";

/** Words of an output's leaf: its kind, its index, and three of its own. */
const WORDS: u32 = 5;
/** As contracts on L1 number them. */
const WITHDRAWAL: u64 = 1;
const MESSAGE: u64 = 2;

const leaf = reserveBlock();
const hash = reserveWord();
const tree = reserveTree();
let published: u64 = 0;

/*
 * What the chain pays and calls on L1, once a state with it is confirmed: a tree of which the guest publishes the root, and a log of each
 * leaf, from which users' programs make proofs. In a file of its own, since a guest without outputs need not reserve a tree.
 */

/**
 * The bridge pays an amount, once. The guest answers for it that somebody has deposited that much and has it no more.
 * @param token Zero for ether. @returns False if there is no room for any more outputs.
 */
export function withdraw(token: Word, recipient: Word, amount: Word): bool {
  return append(WITHDRAWAL, token, recipient, amount);
}

/**
 * The messenger calls a contract, once, with data that is known to whoever has it executed.
 * @param sender Who the contract is told has sent it. @param dataHash keccak256 of the data. @returns As `withdraw`.
 */
export function sendMessage(sender: Word, target: Word, dataHash: Word): bool {
  return append(MESSAGE, sender, target, dataHash);
}

/** Publishes the outputs if there are new ones; to be called at the end of an input that may have made some. */
export function publishOutputs(): void {
  if (tree.count == published) return;
  published = tree.count;
  tree.root(hash);
  publish(hash);
}

function append(kind: u64, first: Word, second: Word, third: Word): bool {
  if (tree.count == TREE_CAPACITY) return false;
  wordOf(leaf, 0).setNumber(kind);
  wordOf(leaf, 1).setNumber(tree.count);
  wordOf(leaf, 2).set(first);
  wordOf(leaf, 3).set(second);
  wordOf(leaf, 4).set(third);
  log(leaf, WORDS * WORD);
  keccak256(leaf, WORDS * WORD, hash);
  tree.append(hash);
  return true;
}
