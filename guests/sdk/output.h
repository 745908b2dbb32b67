/* What a guest tells the world. */
#ifndef ROLLUP_OUTPUT_H
#define ROLLUP_OUTPUT_H

#include "host.h"
#include "word.h"

/** Makes `root` the chain's output root: what contracts on L1 can check against once an assertion is confirmed. */
static inline void publishRoot(const Word *root) {
  host_publish(root);
}

/** Reports bytes to whoever executes the chain. Nothing on chain depends on them. */
static inline void logBytes(const void *pointer, uint32_t length) {
  host_log(pointer, length);
}

/** Ends the handling of this input, and undoes everything that it changed. */
__attribute__((noreturn)) static inline void rejectInput(void) {
  host_reject();
}

#endif
