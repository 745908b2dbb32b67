/*
 * A hash table with open addressing, keyed by an address and a mark, a number of the guest's own that is not 0. Each of its records
 * begins with a `Key`; what follows is the guest's own. Records are never removed. Whoever sends to addresses of his choice can
 * make all of them collide, so a guest's budget must allow for a look at every record, and it must leave some of them free.
 */
#ifndef ROLLUP_ADDRESS_TABLE_H
#define ROLLUP_ADDRESS_TABLE_H

#include "word.h"

/** As large as the word that an address is; the bytes that an address leaves free are used. */
typedef struct {
  /** The guest's own. */
  uint64_t own;
  /** 0 where the record is free. */
  uint32_t mark;
  /** The address's bytes in their order. */
  uint32_t high;
  uint64_t middle;
  uint64_t low;
} __attribute__((aligned(32))) Key;

/** Spreads the records of one address. */
static const uint32_t ADDRESS_TABLE_SPREAD = 0x9e3779b1;

static inline bool keyIsOf(const Key *key, uint32_t mark, const Word *address) {
  return key->low == address->raw[3] && key->middle == address->raw[2] && key->high == address->halves[3] &&
         key->mark == mark;
}

/** The record of `address` with `mark` among `slots` records of `size` bytes, or the free one where it would be. */
static inline Key *findRecord(void *table, uint32_t slots, uint32_t size, uint32_t mark, const Word *address) {
  uint8_t *records = (uint8_t *)table;
  uint32_t slot = (address->halves[7] ^ mark * ADDRESS_TABLE_SPREAD) % slots;
  Key *key = (Key *)(records + slot * size);
  while (key->mark && !keyIsOf(key, mark, address)) {
    slot = slot + 1 == slots ? 0 : slot + 1;
    key = (Key *)(records + slot * size);
  }
  return key;
}

/** Makes a free record that of `address` with `mark`. */
static inline void useRecord(Key *key, uint32_t mark, const Word *address) {
  key->own = 0;
  key->mark = mark;
  key->high = address->halves[3];
  key->middle = address->raw[2];
  key->low = address->raw[3];
}

#endif
