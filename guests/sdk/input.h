/* The input that is handled. */
#ifndef ROLLUP_INPUT_H
#define ROLLUP_INPUT_H

#include "host.h"
#include "word.h"

enum {
  /** From the sequencer. */
  BATCH = 0,
  /** From anyone, through the inbox on L1. */
  MESSAGE = 1,
  /** From the chain's bridge. */
  DEPOSIT = 2
};

/** The input's bytes come after eight words of header. */
enum { HEADER_WORDS = 8 };

/** Word `index` of the input, header words first, as a number, of which the low 64 bits are given. */
static inline uint64_t inputNumberAt(uint32_t index) {
  Word word;
  host_input_word(index, &word);
  return wordDigit(&word, 0);
}

/** `BATCH`, `MESSAGE` or `DEPOSIT`. */
static inline uint32_t inputKind(void) {
  return (uint32_t)inputNumberAt(0);
}

/** Who sent it on L1. */
static inline void inputSender(Word *dest) {
  host_input_word(1, dest);
}

/** Its place in the chain's inbox, from 0. */
static inline uint64_t inputNumber(void) {
  return inputNumberAt(2);
}

/** Of the L1 block that appended it, in seconds. */
static inline uint64_t inputTimestamp(void) {
  return inputNumberAt(3);
}

/** Of the L1 block that appended it. */
static inline uint64_t inputBlockNumber(void) {
  return inputNumberAt(4);
}

/** In bytes. */
static inline uint64_t inputLength(void) {
  return inputNumberAt(5);
}

/** Reads word `index` of its bytes; past the end they are zero. */
static inline void inputWord(uint32_t index, Word *dest) {
  host_input_word(HEADER_WORDS + index, dest);
}

/** Reads word `index` of its bytes as a number, of which the low 64 bits are given. */
static inline uint64_t inputWordNumber(uint32_t index) {
  return inputNumberAt(HEADER_WORDS + index);
}

/** The byte at `offset`, 0 past the end. */
static inline uint8_t inputByte(uint32_t offset) {
  Word word;
  inputWord(offset >> 5, &word);
  return word.bytes[offset & 31];
}

/** Copies bytes from any offset to any place; past the end they are zero. */
static inline void inputCopy(uint32_t offset, uint32_t length, uint8_t *dest) {
  Word word;
  for (uint32_t copied = 0; copied < length; ++copied) {
    const uint32_t from = offset + copied;
    if (copied == 0 || (from & 31) == 0) inputWord(from >> 5, &word);
    dest[copied] = word.bytes[from & 31];
  }
}

#endif
