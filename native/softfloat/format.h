/*
 * What the templates beside it are written in: one float format, chosen by WIDTH (32 or 64), as integers. A float is its bit
 * pattern everywhere, so that no machine needs a float instruction, register or calling convention.
 */
#include <stdint.h>

#if WIDTH == 32
typedef uint32_t bits_t;
typedef int32_t signed_t;
#define FRACTION_BITS 23
#define BIAS 127
#define EXPONENT_MAX 255
#define leading_zeros(x) __builtin_clz(x)
#else
typedef uint64_t bits_t;
typedef int64_t signed_t;
#define FRACTION_BITS 52
#define BIAS 1023
#define EXPONENT_MAX 2047
#define leading_zeros(x) __builtin_clzll(x)
#endif

#define LEADING ((bits_t)1 << FRACTION_BITS)
#define FRACTION (LEADING - 1)
#define SIGN ((bits_t)1 << (WIDTH - 1))
#define MAGNITUDE (SIGN - 1)
#define INFINITE ((bits_t)EXPONENT_MAX << FRACTION_BITS)
#define ONE ((bits_t)BIAS << FRACTION_BITS)
/* Every result that is no number is this one. */
#define NOT_A_NUMBER (INFINITE | LEADING >> 1)

/* Bits below a significand's last one while it is computed: guard, round and sticky. */
#define GUARD 3

#define inline static inline __attribute__((always_inline))
#define rare(condition) __builtin_expect(condition, 0)

inline bits_t magnitude(bits_t a) { return a & MAGNITUDE; }

inline bits_t exponent_field(bits_t a) { return a >> FRACTION_BITS & EXPONENT_MAX; }

inline bits_t with_leading(bits_t a) { return (a & FRACTION) | LEADING; }

inline int is_negative(bits_t a) { return (signed_t)a < 0; }

inline int is_nan(bits_t a) { return a << 1 > INFINITE << 1; }

/* A number as it is, the canonical NaN for any other. */
inline bits_t canonical(bits_t a) { return rare(is_nan(a)) ? NOT_A_NUMBER : a; }

/* Shifts to the right; the last bit of the result also stands for all that was shifted out. */
inline bits_t shift_sticky(bits_t x, bits_t count) {
  if (rare(count >= WIDTH)) return x != 0;
  bits_t shifted = x >> count;
  return shifted | (shifted << count != x);
}

/*
 * The magnitude of significand * 2^(exponent - BIAS - FRACTION_BITS - GUARD), rounded to the nearest, ties to even. The
 * significand has its leading bit at FRACTION_BITS + GUARD, or below where the exponent is 1 (subnormal results). The leading
 * bit adds one to the exponent's field, as does a carry out of rounding.
 */
inline bits_t round_even(bits_t exponent, bits_t significand) {
  bits_t odd = significand >> GUARD & 1;
  return ((exponent - 1) << FRACTION_BITS) + ((significand + 3 + odd) >> GUARD);
}

inline bits_t clamp_infinite(bits_t a) { return a < INFINITE ? a : INFINITE; }

/* A subnormal's significand and exponent, as if the format had exponents below 1. */
inline bits_t normalize(bits_t a, signed_t *exponent) {
  bits_t shift = leading_zeros(a) - (WIDTH - 1 - FRACTION_BITS);
  *exponent = 1 - (signed_t)shift;
  return a << shift;
}
