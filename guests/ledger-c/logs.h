#ifndef LOGS_H
#define LOGS_H

#include <rollup.h>

/** The first word of a log. What is an output, too, has the same number on L1 (`OutputKind`), and its log is what its leaf is the hash of. */
typedef enum {
  /** index, token, recipient, amount. */
  WITHDRAWN = 1,
  /** index, sender, target, hash of the data. */
  SENT = 2,
  /** place in the input, `Refusal`, signer. */
  REFUSED = 3,
  /** address, token, nonce, balance. */
  ANSWER = 4
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

/** Its words from 1 on are what the log of a kind says; the caller fills them. */
extern Block entry;

/** @param words How many the log has, its kind included. */
void writeLog(LogKind kind, uint32_t words);

void logRefusal(uint32_t place, Refusal reason, const Word *signer);

#endif
