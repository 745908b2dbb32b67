#ifndef WITHDRAWALS_H
#define WITHDRAWALS_H

#include "logs.h"

/** Adds a withdrawal to the tree. */
Refusal withdraw(const Word *recipient, const Word *amount);

/** Publishes the tree's root if it has changed; once for each input is enough. */
void publishWithdrawals(void);

#endif
