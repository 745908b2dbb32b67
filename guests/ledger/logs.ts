import { log, reserveBlock, Word, wordOf } from "hardhat-rollup/guests/sdk";

/** A log is four words: which of these it is, then three of its own. */
export const enum LogKind {
  /** index, recipient, amount. */
  Withdrawal = 1,
  /** place in the input, `Refusal`, signer. */
  Refused = 2,
  /** address, nonce, balance. */
  Account = 3,
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

/** Words 1 to 3 of it are what the log of a kind says; the caller fills them. */
export const entry = reserveBlock();

export function writeLog(kind: LogKind): void {
  wordOf(entry, 0).setNumber(kind);
  log(entry, 128);
}

export function logRefusal(place: u32, reason: Refusal, signer: Word): void {
  wordOf(entry, 1).setNumber(place);
  wordOf(entry, 2).setNumber(reason);
  wordOf(entry, 3).set(signer);
  writeLog(LogKind.Refused);
}
