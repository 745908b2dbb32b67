/* Sorts n pseudo-random numbers by recursive quicksort. */
#include "guest.h"

#define MOST 1000000
static u32 numbers[MOST];

static void sort(u32 *from, u32 *to) {
  while (to - from > 12) {
    u32 pivot = from[(to - from) / 2], *low = from, *high = to - 1;
    for (;;) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low >= high) break;
      u32 swapped = *low;
      *low++ = *high;
      *high-- = swapped;
    }
    sort(from, low);
    from = low;
  }
  for (u32 *next = from + 1; next < to; next++) {
    u32 value = *next, *at = next;
    for (; at > from && at[-1] > value; at--) *at = at[-1];
    *at = value;
  }
}

EXPORT("run") u32 run(u32 n) {
  u32 x = 2463534242u, sum = 0;
  for (u32 i = 0; i < n; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    numbers[i] = x;
  }
  if (n > 1) sort(numbers, numbers + n);
  for (u32 i = 0; i < n; i += 1000) sum += numbers[i];
  return sum;
}
