/*
 * A 256-bit unsigned number in memory: big-endian, as the EVM has it, and aligned, as host calls ask, whatever the
 * machine's own byte order is.
 */
#ifndef ROLLUP_WORD_H
#define ROLLUP_WORD_H

#include <stdbool.h>
#include <stdint.h>

/** Its bytes, and the same bytes in larger pieces as memory has them: their value depends on the machine. */
typedef union {
  uint8_t bytes[32];
  uint32_t halves[8];
  uint64_t raw[4];
} __attribute__((aligned(32))) Word;

/** Words for one call of `keccak256`, `sha256` or, the first four, `ecrecover`. */
typedef struct {
  Word words[8];
} __attribute__((aligned(256))) Block;

/** Between a big-endian number and the machine's own, both ways. */
static inline uint64_t bigEndian(uint64_t value) {
  return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? value : __builtin_bswap64(value);
}

/** One of its 64-bit digits: 0 is the least significant, 3 the most. */
static inline uint64_t wordDigit(const Word *word, uint32_t index) {
  return bigEndian(word->raw[3 - index]);
}

static inline void wordSetDigit(Word *word, uint32_t index, uint64_t value) {
  word->raw[3 - index] = bigEndian(value);
}

static inline bool wordIsZero(const Word *word) {
  return (word->raw[0] | word->raw[1] | word->raw[2] | word->raw[3]) == 0;
}

/** Whether it is below `2^160`. */
static inline bool wordIsAddress(const Word *word) {
  return (word->raw[0] | word->halves[2]) == 0;
}

static inline bool wordEquals(const Word *left, const Word *right) {
  return left->raw[0] == right->raw[0] && left->raw[1] == right->raw[1] && left->raw[2] == right->raw[2] &&
         left->raw[3] == right->raw[3];
}

static inline bool wordIsBelow(const Word *left, const Word *right) {
  uint32_t place = 0;
  while (place < 3 && left->raw[place] == right->raw[place]) ++place;
  return bigEndian(left->raw[place]) < bigEndian(right->raw[place]);
}

/** Makes it a number below `2^64`. */
static inline void wordSetNumber(Word *word, uint64_t value) {
  word->raw[0] = word->raw[1] = word->raw[2] = 0;
  word->raw[3] = bigEndian(value);
}

static inline void wordClear(Word *word) {
  wordSetNumber(word, 0);
}

/** Adds `other`, modulo `2^256`. Answers whether the sum was that large. */
static inline bool wordAdd(Word *word, const Word *other) {
  uint64_t carry = 0;
  for (uint32_t index = 0; index < 4; ++index) {
    const uint64_t digit = wordDigit(word, index);
    const uint64_t sum = digit + wordDigit(other, index) + carry;
    carry = carry == 0 ? sum < digit : sum <= digit;
    wordSetDigit(word, index, sum);
  }
  return carry != 0;
}

/** Subtracts `other`, modulo `2^256`. Answers whether it was greater. */
static inline bool wordSubtract(Word *word, const Word *other) {
  uint64_t borrow = 0;
  for (uint32_t index = 0; index < 4; ++index) {
    const uint64_t digit = wordDigit(word, index);
    const uint64_t difference = digit - wordDigit(other, index) - borrow;
    borrow = borrow == 0 ? difference > digit : difference >= digit;
    wordSetDigit(word, index, difference);
  }
  return borrow != 0;
}

#endif
