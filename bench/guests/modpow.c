/* Powers modulo primes in 64 bits: products of 32 bits, 64-bit shifts, additions, comparisons and remainders. */
#include "guest.h"

static u64 add(u64 a, u64 b, u64 m) { return a >= m - b ? a - (m - b) : a + b; }

static u64 multiply(u64 a, u64 b, u64 m) {
  u64 product = 0;
  for (; b != 0; b >>= 1) {
    if (b & 1) product = add(product, a, m);
    a = add(a, a, m);
  }
  return product;
}

static u64 power(u64 base, u64 exponent, u64 m) {
  u64 result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base, m);
    base = multiply(base, base, m);
  }
  return result;
}

EXPORT("run") u32 run(u32 n) {
  u64 x = 88172645463325252ull, sum = 0;
  for (u32 i = 0; i < n; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    sum ^= power(x % 0xffffffffffffffc5ull, 0x10001, 0xffffffffffffffc5ull);
    sum = sum * 6364136223846793005ull + x / 1000003;
  }
  return (u32)(sum ^ sum >> 32);
}
