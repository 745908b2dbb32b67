import { log, reserveBlock, Word, WORD, wordOf } from "hardhat-rollup/guests/sdk";

/** The first word of a log. What is an output, too, has the same number on L1 (`OutputKind`), and its log is what its leaf is the hash of. */
export const enum LogKind {
  /** index, token, recipient, amount. */
  Withdrawal = 1,
  /** index, sender, target, hash of the data. */
  Message = 2,
  /** place in the input, `Refusal`, signer. */
  Refused = 3,
  /** address, token, nonce, balance. */
  Account = 4,
}

/** Why a transaction was not applied. */
export const enum Refusal {
  None = 0,
  BadSignature = 1,
  UnknownAccount = 2,
  WrongNonce = 3,
  InsufficientBalance = 4,
  /** No account can be opened for its recipient. */
  TableFull = 5,
  BalanceOverflow = 6,
  TreeFull = 7,
}

/** Its words from 1 on are what the log of a kind says; the caller fills them. */
export const entry = reserveBlock();

/** @param words How many the log has, its kind included. */
export function writeLog(kind: LogKind, words: u32): void {
  wordOf(entry, 0).setNumber(kind);
  log(entry, words * WORD);
}

export function logRefusal(place: u32, reason: Refusal, signer: Word): void {
  wordOf(entry, 1).setNumber(place);
  wordOf(entry, 2).setNumber(reason);
  wordOf(entry, 3).set(signer);
  writeLog(LogKind.Refused, 4);
}
