#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <addressTable.h>
#include <rollup.h>

#include "logs.h"

/** The key's own number is the nonce: how many transactions of it were applied. */
typedef struct {
  Key key;
  /** In the token's smallest unit, for ether in wei. */
  Word balance;
} Account;

/** What accounts of a token are marked with; 0 if nothing of it was ever there. */
uint32_t markOf(const Word *token);

/** As `markOf`, of a token that there is from now on; 0 if there is no room. */
uint32_t openToken(const Word *token);

/** An account, or the place where it would be: then it has no mark, and reads as empty. */
Account *accountOf(uint32_t mark, const Word *address);

/** Adds to an account of the token that `mark` stands for; the account is opened if it is missing. */
Refusal credit(uint32_t mark, const Word *address, const Word *amount);

#endif
