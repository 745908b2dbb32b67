/*
 * What compilers call by themselves. Of it, a guest in C or C++ carries what it needs. Eight bytes at a time where that
 * can be done: each access is a step to be proved. `no_builtin` keeps a loop from becoming a call of itself.
 */
#include <stddef.h>
#include <stdint.h>

#define NO_BUILTIN __attribute__((no_builtin))

typedef uint64_t Eight __attribute__((may_alias));

enum { EIGHT = sizeof(Eight) };

/** Whether eight bytes can be taken at a time: not every machine has accesses that are not aligned. */
static int areAligned(const void *left, const void *right) {
  return (((uintptr_t)left | (uintptr_t)right) & (EIGHT - 1)) == 0;
}

NO_BUILTIN void *memcpy(void *restrict dest, const void *restrict source, size_t length) {
  uint8_t *to = dest;
  const uint8_t *from = source;
  if (areAligned(to, from)) {
    for (; length >= EIGHT; length -= EIGHT, to += EIGHT, from += EIGHT) *(Eight *)to = *(const Eight *)from;
  }
  for (; length > 0; --length) *to++ = *from++;
  return dest;
}

NO_BUILTIN void *memmove(void *dest, const void *source, size_t length) {
  uint8_t *to = dest;
  const uint8_t *from = source;
  // The distance is a huge number if the target is lower: then the front may be copied first.
  if ((uintptr_t)to - (uintptr_t)from >= length) return memcpy(dest, source, length);
  while (length > 0) {
    --length;
    to[length] = from[length];
  }
  return dest;
}

NO_BUILTIN void *memset(void *dest, int value, size_t length) {
  uint8_t *to = dest;
  const Eight pattern = (uint8_t)value * (Eight)0x0101010101010101;
  if (areAligned(to, to)) {
    for (; length >= EIGHT; length -= EIGHT, to += EIGHT) *(Eight *)to = pattern;
  }
  for (; length > 0; --length) *to++ = (uint8_t)value;
  return dest;
}

NO_BUILTIN int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *a = left;
  const uint8_t *b = right;
  for (; length > 0; --length, ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

#ifdef __SIZEOF_INT128__
typedef unsigned __int128 Double;

/** The product of two 128-bit numbers, modulo `2^128`, from those of their halves' halves. */
Double __multi3(Double left, Double right) {
  const uint64_t a = (uint64_t)left, b = (uint64_t)right;
  const uint64_t aLow = (uint32_t)a, aHigh = a >> 32, bLow = (uint32_t)b, bHigh = b >> 32;
  const uint64_t low = aLow * bLow;
  const uint64_t middle = aHigh * bLow + (low >> 32);
  const uint64_t other = aLow * bHigh + (uint32_t)middle;
  const uint64_t high = aHigh * bHigh + (middle >> 32) + (other >> 32) + (uint64_t)(left >> 64) * b + a * (uint64_t)(right >> 64);
  return (Double)high << 64 | (other << 32 | (uint32_t)low);
}
#endif

/** Stands in C++ for a method that a class leaves to those that it is a base of. */
_Noreturn void __cxa_pure_virtual(void) {
  __builtin_trap();
}
