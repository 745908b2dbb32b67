/* Counts the primes below n by the sieve of Eratosthenes. */
#include "guest.h"

#define MOST 4000000
static u8 composite[MOST];

EXPORT("run") u32 run(u32 n) {
  u32 primes = 0;
  for (u32 i = 0; i < n; i++) composite[i] = 0;
  for (u32 i = 2; i < n; i++) {
    if (composite[i]) continue;
    primes++;
    for (u32 multiple = 2 * i; multiple < n; multiple += i) composite[multiple] = 1;
  }
  return primes;
}
