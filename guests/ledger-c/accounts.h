#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <addressTable.h>
#include <rollup.h>

#include "logs.h"

/** The key's own number is the nonce: how many transactions of it were applied. */
typedef struct {
  Key key;
  /** In wei. */
  Word balance;
} Account;

/** An account, or the place where it would be: then it is not in use, and reads as empty. */
Account *accountOf(const Word *address);

/** Adds to an account, which is opened if it is missing. */
Refusal credit(const Word *address, const Word *amount);

#endif
