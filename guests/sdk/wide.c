/*
 * Division of 64-bit integers, which compilers leave to a library on machines of 32 bits, under its names there. Of it, a guest carries what
 * it needs. Nothing here divides 64 bits itself: that would be a call of itself.
 */
#include <stdint.h>

#ifndef __wasm__

typedef struct {
  uint64_t quotient;
  uint64_t remainder;
} Division;

/** A digit of a long division, in 16 bits: how often `divisor`, whose highest bit is set, goes into `rest` and the next digit. */
static uint32_t nextDigit(uint32_t rest, uint32_t next, uint32_t divisor) {
  const uint32_t high = divisor >> 16, low = divisor & 0xffff;
  uint32_t digit = rest / high, left = rest % high;
  // A guess from the divisor's upper half is too large by two at most.
  while (digit > 0xffff || digit * low > (left << 16 | next)) {
    --digit;
    left += high;
    if (left > 0xffff) break;
  }
  return digit;
}

/** Of a number whose upper half is below the divisor. */
static Division divideByHalf(uint64_t dividend, uint32_t divisor) {
  const int shift = __builtin_clz(divisor);
  divisor <<= shift;
  dividend <<= shift;
  const uint32_t upper = nextDigit(dividend >> 32, (uint32_t)dividend >> 16, divisor);
  const uint32_t rest = (uint32_t)(dividend >> 16) - upper * divisor;
  const uint32_t lower = nextDigit(rest, dividend & 0xffff, divisor);
  const uint32_t remainder = (rest << 16 | (dividend & 0xffff)) - lower * divisor;
  return (Division){upper << 16 | lower, remainder >> shift};
}

/** By zero gives all ones and leaves all, as the machine's own division does. */
static Division divide(uint64_t dividend, uint64_t divisor) {
  if (divisor == 0) return (Division){~(uint64_t)0, dividend};
  if (divisor > dividend) return (Division){0, dividend};
  if (divisor >> 32 == 0) {
    const uint32_t by = divisor, upper = dividend >> 32;
    const Division rest = divideByHalf((uint64_t)(upper % by) << 32 | (uint32_t)dividend, by);
    return (Division){(uint64_t)(upper / by) << 32 | rest.quotient, rest.remainder};
  }
  // The quotient by the divisor's upper 32 bits is too large by one at most, if one is taken off beforehand.
  const int shift = __builtin_clz(divisor >> 32);
  const uint64_t guess = divideByHalf(dividend >> 1, (divisor << shift) >> 32).quotient << shift >> 31;
  uint64_t quotient = guess == 0 ? 0 : guess - 1;
  uint64_t remainder = dividend - quotient * divisor;
  if (remainder >= divisor) {
    ++quotient;
    remainder -= divisor;
  }
  return (Division){quotient, remainder};
}

static uint64_t magnitude(int64_t number) {
  return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) {
  return divide(dividend, divisor).quotient;
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor) {
  return divide(dividend, divisor).remainder;
}

int64_t __divdi3(int64_t dividend, int64_t divisor) {
  const uint64_t quotient = divide(magnitude(dividend), magnitude(divisor)).quotient;
  return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

int64_t __moddi3(int64_t dividend, int64_t divisor) {
  const uint64_t remainder = divide(magnitude(dividend), magnitude(divisor)).remainder;
  return (int64_t)(dividend < 0 ? -remainder : remainder);
}

#endif
