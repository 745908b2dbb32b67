import { DEPOSIT, Input, reject, reserveWord, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { Account, credit } from "./accounts";
import { entry, LogKind, Refusal, writeLog } from "./logs";
import { hasDomain, setDomain } from "./signatures";
import { applyTransactions } from "./transactions";
import { publishWithdrawals, withdraw } from "./withdrawals";

const recipient = reserveWord();
const amount = reserveWord();
const chainId = reserveWord();
const bridge = reserveWord();

/** Bytes of `abi.encode(recipient, amount, chainId, bridge)`. */
const DEPOSIT_LENGTH: u64 = 128;

/**
 * ETH accounts: deposits from the bridge, transfers and withdrawals that their owners sign. Transactions come in batches or, since
 * a sequencer must not be able to hold anyone, in L1 messages of the same form.
 */
export function handle(): void {
  if (Input.kind() == DEPOSIT) deposit();
  else if (Input.length() == WORD) answerQuery();
  else applyTransactions();
  publishWithdrawals();
}

/** Credits a deposit. If there is no room for its account, the recipient gets it back on L1. */
function deposit(): void {
  if (Input.length() != DEPOSIT_LENGTH) return reject();
  Input.word(0, recipient);
  Input.word(1, amount);
  Input.word(2, chainId);
  Input.word(3, bridge);
  if (!recipient.isAddress()) return reject();
  if (!hasDomain()) setDomain(chainId, bridge);
  if (credit(recipient, amount) == Refusal.None) return;
  if (withdraw(recipient, amount) != Refusal.None) reject();
}

/**
 * An input of one word asks for an account. The answer is a log, and the input is rejected, so that it changes nothing wherever it
 * is asked: off chain on a copy of the machine, or by somebody on L1.
 */
function answerQuery(): void {
  Input.word(0, wordOf(entry, 1));
  const account = Account.of(wordOf(entry, 1));
  wordOf(entry, 2).setNumber(account.nonce);
  wordOf(entry, 3).set(account.balance);
  writeLog(LogKind.Account);
  reject();
}
