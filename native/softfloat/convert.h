/* To integers, towards zero, and from them. */

#include "trap.h"

/* The integer part of a number of at least 1, for integers of 32 and of 64 bits. */
#if WIDTH == 32
inline uint32_t integer_part32(bits_t a, bits_t exponent) { return (a << 8 | SIGN) >> (BIAS + 31 - exponent); }

inline uint64_t integer_part64(bits_t a, bits_t exponent) {
  return (uint64_t)(a << 8 | SIGN) << 32 >> (BIAS + 63 - exponent);
}
#else
inline uint64_t integer_part64(bits_t a, bits_t exponent) { return (a << 11 | SIGN) >> (BIAS + 63 - exponent); }

inline uint32_t integer_part32(bits_t a, bits_t exponent) { return (uint32_t)integer_part64(a, exponent); }
#endif

_Noreturn inline void trap_conversion(bits_t a) {
  if (is_nan(a)) wasm_trap_invalid_conversion_to_integer();
  wasm_trap_integer_overflow();
}

/*
 * Defines, for integers of `width` bits, conversions that trap where there is no integer of the type, and that saturate
 * (and give 0 for NaN).
 */
#define DEFINE_TO_INTEGER(width)                                                                       \
  inline uint##width##_t to_signed##width(bits_t a, int traps) {                                       \
    const uint##width##_t lowest = (uint##width##_t)1 << (width - 1);                                  \
    bits_t exponent = exponent_field(a);                                                               \
    if (exponent < BIAS) return 0;                                                                     \
    if (rare(exponent >= BIAS + width - 1)) {                                                          \
      if (truncate(a) == (SIGN | (bits_t)(BIAS + width - 1) << FRACTION_BITS)) return lowest;          \
      if (traps) trap_conversion(a);                                                                   \
      return is_nan(a) ? 0 : is_negative(a) ? lowest : lowest - 1;                                     \
    }                                                                                                  \
    uint##width##_t integer = integer_part##width(a, exponent);                                        \
    return is_negative(a) ? -integer : integer;                                                        \
  }                                                                                                    \
                                                                                                       \
  inline uint##width##_t to_unsigned##width(bits_t a, int traps) {                                     \
    bits_t exponent = exponent_field(a);                                                               \
    if (exponent < BIAS) return 0;                                                                     \
    if (rare(a >= (bits_t)(BIAS + width) << FRACTION_BITS)) {                                          \
      if (traps) trap_conversion(a);                                                                   \
      return is_nan(a) || is_negative(a) ? 0 : (uint##width##_t) - 1;                                  \
    }                                                                                                  \
    return integer_part##width(a, exponent);                                                           \
  }

DEFINE_TO_INTEGER(32)
DEFINE_TO_INTEGER(64)

/* The float of a significand with its leading bit at FRACTION_BITS, or one above, after rounding. */
inline bits_t exact(bits_t exponent, bits_t significand) {
  return ((exponent - 1) << FRACTION_BITS) + significand;
}

inline bits_t from_unsigned64(uint64_t x) {
  if (x == 0) return 0;
  uint64_t shift = __builtin_clzll(x);
  x <<= shift;
  bits_t significand = (bits_t)(x >> (63 - FRACTION_BITS));
  uint64_t rest = x << (FRACTION_BITS + 1);
  bits_t up = rest + (significand & 1) > (uint64_t)1 << 63;
  return exact(BIAS + 63 - (bits_t)shift, significand + up);
}

inline bits_t from_unsigned32(uint32_t x) {
  if (x == 0) return 0;
  bits_t shift = __builtin_clz(x);
#if WIDTH == 32
  x <<= shift;
  bits_t significand = x >> 8;
  bits_t up = (x << 24) + (significand & 1) > SIGN;
  return exact(BIAS + 31 - shift, significand + up);
#else
  return exact(BIAS + 31 - shift, (uint64_t)x << (shift + FRACTION_BITS - 31));
#endif
}

inline bits_t from_signed64(uint64_t x) {
  int negative = (int64_t)x < 0;
  bits_t a = from_unsigned64(negative ? -x : x);
  return negative ? SIGN | a : a;
}

inline bits_t from_signed32(uint32_t x) {
  int negative = (int32_t)x < 0;
  bits_t a = from_unsigned32(negative ? -x : x);
  return negative ? SIGN | a : a;
}
