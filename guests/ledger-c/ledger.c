/*
 * Accounts of ether and tokens: deposits from the bridge; transfers, withdrawals and messages to L1 that their owners sign. Transactions
 * come in batches or, since a sequencer must not be able to hold anyone, in L1 messages of the same form. What `guests/ledger` does, input
 * for input.
 */
#include "accounts.h"
#include "outputs.h"
#include "signatures.h"
#include "transactions.h"

/** Bytes of `abi.encode(recipient, token, amount, chainId, bridge)`. */
enum { DEPOSIT_LENGTH = 160 };

/** Credits a deposit. If there is no room for its account, the recipient gets it back on L1. */
static void deposit(void) {
  Word recipient, token, amount, chainId, bridge;
  if (inputLength() != DEPOSIT_LENGTH) rejectInput();
  inputWord(0, &recipient);
  inputWord(1, &token);
  inputWord(2, &amount);
  inputWord(3, &chainId);
  inputWord(4, &bridge);
  if (!wordIsAddress(&recipient) || !wordIsAddress(&token)) rejectInput();
  if (!hasDomain()) setDomain(&chainId, &bridge);
  const uint32_t mark = openToken(&token);
  if (mark && credit(mark, &recipient, &amount) == NOT_REFUSED) return;
  if (withdraw(&token, &recipient, &amount) != NOT_REFUSED) rejectInput();
}

/**
 * An input of one word, an address, or of two, an address and a token, asks for an account. The answer is a log, and the input is rejected, so
 * that it changes nothing wherever it is asked: off chain on a copy of the machine, or by somebody on L1.
 */
__attribute__((noreturn)) static void answerQuery(void) {
  inputWord(0, &entry.words[1]);
  inputWord(1, &entry.words[2]);
  const Account *account = accountOf(markOf(&entry.words[2]), &entry.words[1]);
  wordSetNumber(&entry.words[3], account->key.own);
  entry.words[4] = account->balance;
  writeLog(ANSWER, 5);
  rejectInput();
}

void handle(void) {
  if (inputKind() == DEPOSIT) deposit();
  else {
    const uint64_t length = inputLength();
    if (length == sizeof(Word) || length == 2 * sizeof(Word)) answerQuery();
    else applyTransactions(length);
  }
  publishOutputs();
}
