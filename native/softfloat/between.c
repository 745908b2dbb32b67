/* From single to double precision and back. */

#define WIDTH 64
#include "format.h"

#define SINGLE_INFINITE 0x7f800000u
#define SINGLE_NOT_A_NUMBER 0x7fc00000u
/* Fraction bits that single precision does not have, and the difference of the biases. */
#define DROPPED 29
#define REBIAS (1023 - 127)

/* `a` times 2^-count, rounded to the nearest, ties to even, for a count of at least 1. */
inline uint32_t drop_bits(uint64_t a, uint64_t count) {
  return (uint32_t)((a + ((uint64_t)1 << (count - 1)) - 1 + (a >> count & 1)) >> count);
}

uint64_t __extendsfdf2(uint32_t a) {
  uint64_t sign = (uint64_t)(a >> 31) << 63;
  uint64_t rest = a & 0x7fffffff;
  if (rare(rest - 0x800000 >= SINGLE_INFINITE - 0x800000)) {
    if (rest > SINGLE_INFINITE) return NOT_A_NUMBER;
    if (rest == SINGLE_INFINITE) return sign | INFINITE;
    if (rest == 0) return sign;
    uint64_t shift = leading_zeros(rest) - 11;
    return sign | (((uint64_t)(REBIAS + DROPPED - shift) << FRACTION_BITS) + (rest << shift));
  }
  return sign | ((rest << DROPPED) + ((uint64_t)REBIAS << FRACTION_BITS));
}

uint32_t __truncdfsf2(uint64_t a) {
  uint32_t sign = (uint32_t)(a >> 32) & 0x80000000;
  uint64_t rest = magnitude(a);
  uint64_t lowest = (uint64_t)(REBIAS + 1) << FRACTION_BITS;
  if (rare(rest - lowest >= (uint64_t)254 << FRACTION_BITS)) {
    if (rest > INFINITE) return SINGLE_NOT_A_NUMBER;
    if (rest >= lowest) return sign | SINGLE_INFINITE;
    uint64_t count = REBIAS + 1 + DROPPED - exponent_field(a);
    return count > FRACTION_BITS + 2 ? sign : sign | drop_bits(with_leading(a), count);
  }
  return sign | drop_bits(rest - ((uint64_t)REBIAS << FRACTION_BITS), DROPPED);
}
