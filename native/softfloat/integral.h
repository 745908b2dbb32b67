/* Rounding to an integer that stays a float. A carry out of the fraction makes the exponent one more, as it should. */

/* Whether the exponent's field belongs to a number of at least 1 that may have bits below its point. */
inline int may_have_fraction(bits_t exponent) { return exponent - BIAS < FRACTION_BITS; }

/* Of such a number, the bits below its point. */
inline bits_t below_point(bits_t exponent) { return FRACTION >> (exponent - BIAS); }

inline bits_t truncate(bits_t a) {
  bits_t exponent = exponent_field(a);
  if (may_have_fraction(exponent)) return a & ~below_point(exponent);
  return exponent < BIAS ? a & SIGN : canonical(a);
}

/* Away from zero if the sign is `sign`, else towards it. */
inline bits_t round_directed(bits_t a, bits_t sign) {
  bits_t exponent = exponent_field(a);
  if (may_have_fraction(exponent)) {
    bits_t mask = below_point(exponent);
    return (is_negative(a ^ sign) ? a : a + mask) & ~mask;
  }
  if (exponent >= BIAS) return canonical(a);
  return (a & SIGN) == sign && magnitude(a) != 0 ? sign | ONE : a & SIGN;
}

inline bits_t round_to_even(bits_t a) {
  bits_t exponent = exponent_field(a);
  if (may_have_fraction(exponent)) {
    bits_t mask = below_point(exponent);
    bits_t odd = a >> (BIAS + FRACTION_BITS - exponent) & 1;
    return (a + (mask >> 1) + odd) & ~mask;
  }
  if (exponent >= BIAS) return canonical(a);
  return magnitude(a) > ONE - LEADING ? (a & SIGN) | ONE : a & SIGN;
}
