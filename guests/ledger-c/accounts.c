#include "accounts.h"

/*
 * The table is all memory but the first of 32 pages, so that the memory's tree is 16 deep. Where every address collides, a
 * transaction still takes less than half of an L1 message's budget: nobody can be priced out of the forced path.
 */
enum {
  SLOTS = 31744,
  /* Free records end a search. */
  CAPACITY = 24000
};

static Account table[SLOTS];
static uint32_t count;

Account *accountOf(const Word *address) {
  return (Account *)findRecord(table, SLOTS, sizeof(Account), address);
}

/** Makes sure that an account exists; false if there is no room. */
static bool openAccount(Account *account, const Word *address) {
  if (account->key.isInUse) return true;
  if (count == CAPACITY) return false;
  ++count;
  useRecord(&account->key, address);
  return true;
}

Refusal credit(const Word *address, const Word *amount) {
  Account *account = accountOf(address);
  if (!openAccount(account, address)) return TABLE_FULL;
  if (!wordAdd(&account->balance, amount)) return NOT_REFUSED;
  wordSubtract(&account->balance, amount);
  return BALANCE_OVERFLOW;
}
