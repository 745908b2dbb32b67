/*
 * The SDK for guests in C and C++. A guest defines `handle`; what it keeps in static variables is the chain's state.
 * There is no libc and no heap: what a guest needs is reserved when it is compiled, so that its memory has just those
 * pages and proofs are short. `memcpy`, `memmove`, `memset` and `memcmp` are there (runtime.c), since compilers call them.
 */
#ifndef ROLLUP_H
#define ROLLUP_H

#include "crypto.h"
#include "host.h"
#include "input.h"
#include "output.h"
#include "preimage.h"
#include "word.h"

#endif
