/*
 * ETH accounts: deposits from the bridge, transfers and withdrawals that their owners sign. Transactions come in batches or, since
 * a sequencer must not be able to hold anyone, in L1 messages of the same form. What `guests/ledger` does, input for input.
 */
#include "accounts.h"
#include "signatures.h"
#include "transactions.h"
#include "withdrawals.h"

/** Bytes of `abi.encode(recipient, amount, chainId, bridge)`. */
enum { DEPOSIT_LENGTH = 128 };

/** Credits a deposit. If there is no room for its account, the recipient gets it back on L1. */
static void deposit(void) {
  Word recipient, amount, chainId, bridge;
  if (inputLength() != DEPOSIT_LENGTH) rejectInput();
  inputWord(0, &recipient);
  inputWord(1, &amount);
  inputWord(2, &chainId);
  inputWord(3, &bridge);
  if (!wordIsAddress(&recipient)) rejectInput();
  if (!hasDomain()) setDomain(&chainId, &bridge);
  if (credit(&recipient, &amount) == NOT_REFUSED) return;
  if (withdraw(&recipient, &amount) != NOT_REFUSED) rejectInput();
}

/**
 * An input of one word asks for an account. The answer is a log, and the input is rejected, so that it changes nothing wherever it
 * is asked: off chain on a copy of the machine, or by somebody on L1.
 */
__attribute__((noreturn)) static void answerQuery(void) {
  inputWord(0, &entry.words[1]);
  const Account *account = accountOf(&entry.words[1]);
  wordSetNumber(&entry.words[2], account->key.own);
  entry.words[3] = account->balance;
  writeLog(ANSWER);
  rejectInput();
}

void handle(void) {
  if (inputKind() == DEPOSIT) deposit();
  else if (inputLength() == sizeof(Word)) answerQuery();
  else applyTransactions();
  publishWithdrawals();
}
