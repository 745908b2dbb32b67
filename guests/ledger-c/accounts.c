#include "accounts.h"

/*
 * Accounts, one for each address and token, and the tokens that there are, are in one table: all memory but the first of 32 pages, so that the
 * memory's tree is 16 deep. Where everything collides, a transaction still takes less than an L1 message's budget: nobody can be
 * priced out of the forced path.
 */
enum {
  SLOTS = 31744,
  /* Free records end a search. */
  CAPACITY = 24000
};

/** What a token's own record is marked with. Accounts are marked with their token: `ETHER`, or `FIRST_TOKEN` and the place of its record. */
enum { TOKEN = 1, ETHER = 2, FIRST_TOKEN = 3 };

static Account table[SLOTS];
static uint32_t count;

Account *accountOf(uint32_t mark, const Word *address) {
  return (Account *)findRecord(table, SLOTS, sizeof(Account), mark, address);
}

static uint32_t markOfToken(const Account *record) {
  return FIRST_TOKEN + (uint32_t)(record - table);
}

uint32_t markOf(const Word *token) {
  if (wordIsZero(token)) return ETHER;
  const Account *record = accountOf(TOKEN, token);
  return record->key.mark ? markOfToken(record) : 0;
}

/** Makes sure that a record exists; false if there is no room. */
static bool openRecord(Account *record, uint32_t mark, const Word *address) {
  if (record->key.mark) return true;
  if (count == CAPACITY) return false;
  ++count;
  useRecord(&record->key, mark, address);
  return true;
}

uint32_t openToken(const Word *token) {
  if (wordIsZero(token)) return ETHER;
  Account *record = accountOf(TOKEN, token);
  return openRecord(record, TOKEN, token) ? markOfToken(record) : 0;
}

Refusal credit(uint32_t mark, const Word *address, const Word *amount) {
  Account *account = accountOf(mark, address);
  if (!openRecord(account, mark, address)) return TABLE_FULL;
  if (!wordAdd(&account->balance, amount)) return NOT_REFUSED;
  wordSubtract(&account->balance, amount);
  return BALANCE_OVERFLOW;
}
