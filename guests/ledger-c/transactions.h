#ifndef TRANSACTIONS_H
#define TRANSACTIONS_H

#include <rollup.h>

/** Applies an input's transactions in their order. One that cannot be applied is left out; bytes that are none reject the input. */
void applyTransactions(uint64_t length);

#endif
