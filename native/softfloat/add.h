/* Sums and differences. */

inline bits_t add(bits_t a, bits_t b) {
  if (a << 1 < b << 1) {
    bits_t larger = b;
    b = a;
    a = larger;
  }
  bits_t exponent = exponent_field(a), smaller = exponent_field(b);
  bits_t x = with_leading(a), y = with_leading(b);
  if (rare(exponent == EXPONENT_MAX)) {
    return magnitude(a) > INFINITE || (a ^ b) == SIGN ? NOT_A_NUMBER : a;
  }
  if (rare(smaller == 0)) {
    if (magnitude(b) == 0) return magnitude(a) == 0 ? a & b : a;
    y ^= LEADING;
    smaller = 1;
    if (exponent == 0) {
      x ^= LEADING;
      exponent = 1;
    }
  }
  x <<= GUARD;
  y = shift_sticky(y << GUARD, exponent - smaller);
  bits_t sign = a & SIGN;
  if (!is_negative(a ^ b)) {
    x += y;
    if (x >> (FRACTION_BITS + GUARD + 1) != 0) {
      x = x >> 1 | (x & 1);
      exponent++;
    }
    return sign | clamp_infinite(round_even(exponent, x));
  }
  x -= y;
  if (x >> (FRACTION_BITS + GUARD) == 0) {
    if (x == 0) return 0;
    bits_t shift = leading_zeros(x) - (WIDTH - 1 - FRACTION_BITS - GUARD);
    if (rare(shift >= exponent)) shift = exponent - 1;
    x <<= shift;
    exponent -= shift;
  }
  return sign | round_even(exponent, x);
}

/* A NaN stays one with its other sign. */
inline bits_t subtract(bits_t a, bits_t b) { return add(a, b ^ SIGN); }
