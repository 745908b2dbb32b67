/* What the benches' guests have in common: run(n) does the work, on every machine and natively. */
#ifndef GUEST_H
#define GUEST_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
/* The machine's handler, which these do not need. */
EXPORT("handle") void handle(void) {}
#elif defined(__riscv) || defined(__mips__)
#define EXPORT(name)
u32 run(u32 n);
#else
#define EXPORT(name)
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
u32 run(u32 n);
/* Prints the result, and the seconds of the fastest of some runs. */
int main(int argc, char **argv) {
  u32 n = (u32)strtoul(argv[1], 0, 10), result = 0;
  double best = 1e9;
  (void)argc;
  for (int i = 0; i < 40; i++) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    result = run(n);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    if (seconds < best) best = seconds;
  }
  printf("%u %.9f\n", result, best);
  return 0;
}
#endif
#endif
