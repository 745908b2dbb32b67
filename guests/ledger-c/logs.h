#ifndef LOGS_H
#define LOGS_H

#include <rollup.h>

/** A log is four words: which of these it is, then three of its own. */
typedef enum {
  /** index, recipient, amount. */
  WITHDRAWN = 1,
  /** place in the input, `Refusal`, signer. */
  REFUSED = 2,
  /** address, nonce, balance. */
  ANSWER = 3
} LogKind;

/** Why a transaction was not applied. */
typedef enum {
  NOT_REFUSED = 0,
  BAD_SIGNATURE = 1,
  UNKNOWN_ACCOUNT = 2,
  WRONG_NONCE = 3,
  INSUFFICIENT_BALANCE = 4,
  /** No account can be opened for its recipient. */
  TABLE_FULL = 5,
  BALANCE_OVERFLOW = 6,
  TREE_FULL = 7
} Refusal;

/** Words 1 to 3 of it are what the log of a kind says; the caller fills them. */
extern Block entry;

void writeLog(LogKind kind);

void logRefusal(uint32_t place, Refusal reason, const Word *signer);

#endif
