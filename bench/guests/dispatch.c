/* A large interpreter: 256 instructions behind a jump table, on a program of n of them again and again. */
#include "guest.h"

#define LENGTH 4096
static u8 code[LENGTH];
static u32 stack[256];

#define EACH4(CASE, n) CASE((n)) CASE((n) + 1) CASE((n) + 2) CASE((n) + 3)
#define EACH16(CASE, n) EACH4(CASE, n) EACH4(CASE, (n) + 4) EACH4(CASE, (n) + 8) EACH4(CASE, (n) + 12)
#define EACH32(CASE, n) EACH16(CASE, n) EACH16(CASE, (n) + 16)

/* Eight kinds of 32 instructions, each with numbers of its own. */
#define ADD(n) case n: a += b * (2 * (n) + 1) + (n); b ^= a >> ((n) % 13 + 1); break;
#define SHIFT(n) case n: a = (a << ((n) % 31 + 1)) | (a >> (31 - (n) % 31)); b += a ^ (n); break;
#define PUSH(n) case n: stack[top++ & 255] = a ^ (n); a = b + (n); break;
#define POP(n) case n: b += stack[--top & 255] * ((n) | 1); a -= b; break;
#define SWAP(n) case n: { u32 kept = stack[(top + (n)) & 255]; stack[(top + (n)) & 255] = a; a = kept + (n); break; }
#define TEST(n) case n: if ((a & (n)) != 0) b -= (n); else a += 3 * (n); break;
#define SKIP(n) case n: if ((b & 7) == (n) % 8) at += 1; a += b; break;
#define MIX(n) case n: a ^= (b << 5) + (n); b = (b >> 3) ^ (a * 5 + (n)); break;

EXPORT("run") u32 run(u32 n) {
  u32 x = 2463534242u, a = 1, b = 2, top = 0, left = n;
  for (u32 i = 0; i < LENGTH; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    code[i] = (u8)(x >> 11);
  }
  for (u32 i = 0; i < 256; i++) stack[i] = i;
  for (u32 at = 0; left > 0; left--) {
    switch (code[at++ % LENGTH]) {
      EACH32(ADD, 0)
      EACH32(SHIFT, 32)
      EACH32(PUSH, 64)
      EACH32(POP, 96)
      EACH32(SWAP, 128)
      EACH32(TEST, 160)
      EACH32(SKIP, 192)
      EACH32(MIX, 224)
    }
  }
  return a ^ b;
}
