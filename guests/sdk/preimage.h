/* Data that anyone published on L1 in a block before this input's. Asking for other data traps: the input is undone. */
#ifndef ROLLUP_PREIMAGE_H
#define ROLLUP_PREIMAGE_H

#include "host.h"
#include "word.h"

/** In bytes. */
static inline uint64_t preimageLength(const Word *hash) {
  Word word;
  host_preimage_word(hash, 0, &word);
  return wordDigit(&word, 0);
}

/** Reads word `index` of its bytes; past the end they are zero. */
static inline void preimageWord(const Word *hash, uint32_t index, Word *dest) {
  host_preimage_word(hash, 1 + index, dest);
}

#endif
