/*
 * keccak256 of 64 bytes, the parent of two nodes of a Merkle tree, for many parents in one call. Two of them are hashed
 * at once, one in each half of WebAssembly's vectors: a vector holds the same lane of both states. Beside it, keccak256
 * of any bytes, which uses one half.
 *
 * `scripts/native.ts` compiles this file and says how.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define NODE 32
#define ROUNDS 24
/* Bytes and lanes that are absorbed between two permutations. */
#define RATE 136
#define RATE_LANES 17

static const uint64_t ROUND_CONSTANTS[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define XOR wasm_v128_xor
#define ROTATE(lane, bits) wasm_v128_or(wasm_i64x2_shl(lane, bits), wasm_u64x2_shr(lane, 64 - (bits)))
/* Theta's second half and rho of one lane. */
#define MOVE(lane, mix, bits) ROTATE(XOR(lane, mix), bits)
#define CHI(lane, next, afterNext) XOR(lane, wasm_v128_andnot(afterNext, next))

/* Theta: what is added to the lanes of each column, from the parities of its neighbours. */
static inline void mixes(const v128_t a[25], v128_t d[5]) {
  v128_t c[5];
  for (int x = 0; x < 5; x++) c[x] = XOR(XOR(XOR(a[x], a[x + 5]), XOR(a[x + 10], a[x + 15])), a[x + 20]);
  for (int x = 0; x < 5; x++) d[x] = XOR(c[(x + 4) % 5], ROTATE(c[(x + 1) % 5], 1));
}

/* One row of the next state, from the lanes that rho and pi bring there. */
static inline void row(v128_t to[5], v128_t b0, v128_t b1, v128_t b2, v128_t b3, v128_t b4) {
  to[0] = CHI(b0, b1, b2);
  to[1] = CHI(b1, b2, b3);
  to[2] = CHI(b2, b3, b4);
  to[3] = CHI(b3, b4, b0);
  to[4] = CHI(b4, b0, b1);
}

/* The first row of the next state is all that the last round is asked for. */
static inline void firstRow(const v128_t a[25], const v128_t d[5], uint64_t constant, v128_t to[5]) {
  row(to, XOR(a[0], d[0]), MOVE(a[6], d[1], 44), MOVE(a[12], d[2], 43), MOVE(a[18], d[3], 21), MOVE(a[24], d[4], 14));
  to[0] = XOR(to[0], wasm_i64x2_splat(constant));
}

static inline void permuteRound(v128_t a[25], uint64_t constant) {
  v128_t d[5], b[25];
  mixes(a, d);
  firstRow(a, d, constant, b);
  row(b + 5, MOVE(a[3], d[3], 28), MOVE(a[9], d[4], 20), MOVE(a[10], d[0], 3), MOVE(a[16], d[1], 45), MOVE(a[22], d[2], 61));
  row(b + 10, MOVE(a[1], d[1], 1), MOVE(a[7], d[2], 6), MOVE(a[13], d[3], 25), MOVE(a[19], d[4], 8), MOVE(a[20], d[0], 18));
  row(b + 15, MOVE(a[4], d[4], 27), MOVE(a[5], d[0], 36), MOVE(a[11], d[1], 10), MOVE(a[17], d[2], 15), MOVE(a[23], d[3], 56));
  row(b + 20, MOVE(a[2], d[2], 62), MOVE(a[8], d[3], 55), MOVE(a[14], d[4], 39), MOVE(a[15], d[0], 41), MOVE(a[21], d[1], 2));
  for (int i = 0; i < 25; i++) a[i] = b[i];
}

/* The parents of the pairs of nodes at `one` and `two`. */
static __attribute__((noinline)) void hashTwo(const uint8_t *one, const uint8_t *two, uint8_t *oneTo, uint8_t *twoTo) {
  v128_t a[25];
  for (int i = 0; i < 4; i++) {
    v128_t left = wasm_v128_load(one + 16 * i);
    v128_t right = wasm_v128_load(two + 16 * i);
    a[2 * i] = wasm_i64x2_shuffle(left, right, 0, 2);
    a[2 * i + 1] = wasm_i64x2_shuffle(left, right, 1, 3);
  }
  for (int i = 8; i < 25; i++) a[i] = wasm_i64x2_const(0, 0);
  a[8] = wasm_i64x2_const(1, 1);
  a[16] = wasm_i64x2_const(INT64_MIN, INT64_MIN);
  for (int i = 0; i < ROUNDS - 1; i++) permuteRound(a, ROUND_CONSTANTS[i]);
  v128_t d[5], b[5];
  mixes(a, d);
  firstRow(a, d, ROUND_CONSTANTS[ROUNDS - 1], b);
  wasm_v128_store(oneTo, wasm_i64x2_shuffle(b[0], b[1], 0, 2));
  wasm_v128_store(oneTo + 16, wasm_i64x2_shuffle(b[2], b[3], 0, 2));
  wasm_v128_store(twoTo, wasm_i64x2_shuffle(b[0], b[1], 1, 3));
  wasm_v128_store(twoTo + 16, wasm_i64x2_shuffle(b[2], b[3], 1, 3));
}

/* A level: the `count` pairs of nodes that follow `source`, their parents side by side from `target` on. */
__attribute__((export_name("hashLevel"))) void hashLevel(const uint8_t *source, uint8_t *target, uint32_t count) {
  uint32_t i = 0;
  for (; i + 2 <= count; i += 2) {
    const uint8_t *pair = source + 2 * NODE * i;
    uint8_t *parent = target + NODE * i;
    hashTwo(pair, pair + 2 * NODE, parent, parent + NODE);
  }
  if (i < count) hashTwo(source + 2 * NODE * i, source + 2 * NODE * i, target + NODE * i, target + NODE * i);
}

/* Which node is to be computed from the two that begin with node `children`. */
struct job {
  uint32_t children;
  uint32_t parent;
};

/* What has changed of a level: `count` parents here and there among `nodes`. */
__attribute__((export_name("hashListed"))) void hashListed(uint8_t *nodes, const struct job *jobs, uint32_t count) {
  for (uint32_t i = 0; i < count; i += 2) {
    const struct job *one = jobs + i;
    const struct job *two = i + 1 < count ? one + 1 : one;
    hashTwo(nodes + NODE * one->children, nodes + NODE * two->children, nodes + NODE * one->parent, nodes + NODE * two->parent);
  }
}

/* keccak256 of `length` bytes; `target` may lie among them. */
__attribute__((export_name("hashBytes"))) void hashBytes(const uint8_t *source, uint32_t length, uint8_t *target) {
  v128_t a[25];
  for (int i = 0; i < 25; i++) a[i] = wasm_i64x2_const(0, 0);
  for (;;) {
    uint32_t taken = length < RATE ? length : RATE;
    union {
      uint8_t bytes[RATE];
      uint64_t lanes[RATE_LANES];
    } block = {{0}};
    for (uint32_t i = 0; i < taken; i++) block.bytes[i] = source[i];
    int last = taken < RATE;
    if (last) {
      block.bytes[taken] ^= 0x01;
      block.bytes[RATE - 1] ^= 0x80;
    }
    for (int i = 0; i < RATE_LANES; i++) a[i] = XOR(a[i], wasm_u64x2_make(block.lanes[i], 0));
    for (int i = 0; i < ROUNDS; i++) permuteRound(a, ROUND_CONSTANTS[i]);
    if (last) break;
    source += taken;
    length -= taken;
  }
  for (int i = 0; i < 4; i++) wasm_v128_store64_lane(target + 8 * i, a[i], 0);
}
