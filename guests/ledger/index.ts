import { DEPOSIT, Input, reject, reserveWord, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { Account, credit, markOf, openToken } from "./accounts";
import { entry, LogKind, Refusal, writeLog } from "./logs";
import { publishOutputs, withdraw } from "./outputs";
import { hasDomain, setDomain } from "./signatures";
import { applyTransactions } from "./transactions";

const recipient = reserveWord();
const token = reserveWord();
const amount = reserveWord();
const chainId = reserveWord();
const bridge = reserveWord();

/** Bytes of `abi.encode(recipient, token, amount, chainId, bridge)`. */
const DEPOSIT_LENGTH: u64 = 160;

/**
 * Accounts of ether and tokens: deposits from the bridge; transfers, withdrawals and messages to L1 that their owners sign. Transactions
 * come in batches or, since a sequencer must not be able to hold anyone, in L1 messages of the same form.
 */
export function handle(): void {
  if (Input.kind() == DEPOSIT) deposit();
  else {
    const length = Input.length();
    if (length == WORD || length == 2 * WORD) answerQuery();
    else applyTransactions(length);
  }
  publishOutputs();
}

/** Credits a deposit. If there is no room for its account, the recipient gets it back on L1. */
function deposit(): void {
  if (Input.length() != DEPOSIT_LENGTH) return reject();
  Input.word(0, recipient);
  Input.word(1, token);
  Input.word(2, amount);
  Input.word(3, chainId);
  Input.word(4, bridge);
  if (!recipient.isAddress() || !token.isAddress()) return reject();
  if (!hasDomain()) setDomain(chainId, bridge);
  const mark = openToken(token);
  if (mark != 0 && credit(mark, recipient, amount) == Refusal.None) return;
  if (withdraw(token, recipient, amount) != Refusal.None) reject();
}

/**
 * An input of one word, an address, or of two, an address and a token, asks for an account. The answer is a log, and the input is rejected, so
 * that it changes nothing wherever it is asked: off chain on a copy of the machine, or by somebody on L1.
 */
function answerQuery(): void {
  Input.word(0, wordOf(entry, 1));
  Input.word(1, wordOf(entry, 2));
  const account = Account.of(markOf(wordOf(entry, 2)), wordOf(entry, 1));
  wordOf(entry, 3).setNumber(account.nonce);
  wordOf(entry, 4).set(account.balance);
  writeLog(LogKind.Account, 5);
  reject();
}
