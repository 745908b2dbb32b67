/* Comparisons of bit patterns: below the sign, larger patterns are larger numbers, and those above INFINITE are none. */

inline int equal(bits_t a, bits_t b) { return ((a == b) & !is_nan(a)) | ((a | b) << 1 == 0); }

inline int unordered(bits_t a, bits_t b) { return is_nan(a) | is_nan(b); }

inline int less(bits_t a, bits_t b) {
  if (!is_negative(a | b)) return (a < b) & (b <= INFINITE);
  if (is_negative(a & b)) return (a > b) & (a <= (SIGN | INFINITE));
  return is_negative(a) & (a <= (SIGN | INFINITE)) & (b <= INFINITE) & ((a << 1 | b) != 0);
}

inline int less_or_equal(bits_t a, bits_t b) {
  if (!is_negative(a | b)) return (a <= b) & (b <= INFINITE);
  if (is_negative(a & b)) return (a >= b) & (a <= (SIGN | INFINITE));
  return is_negative(a) ? (a <= (SIGN | INFINITE)) & (b <= INFINITE) : (a | b << 1) == 0;
}

/* The order of numbers with -0 below +0; for patterns that are no numbers it means nothing. */
inline int is_below(bits_t a, bits_t b) {
  return is_negative(a & b) ? a > b : (signed_t)a < (signed_t)b;
}

inline bits_t minimum(bits_t a, bits_t b) {
  if (rare(unordered(a, b))) return NOT_A_NUMBER;
  return is_below(a, b) ? a : b;
}

inline bits_t maximum(bits_t a, bits_t b) {
  if (rare(unordered(a, b))) return NOT_A_NUMBER;
  return is_below(a, b) ? b : a;
}

/* As C's fmin and fmax: a number, if one of the two is one. */
inline bits_t minimum_number(bits_t a, bits_t b) {
  if (is_nan(a)) return canonical(b);
  return is_nan(b) || is_below(a, b) ? a : b;
}

inline bits_t maximum_number(bits_t a, bits_t b) {
  if (is_nan(a)) return canonical(b);
  return is_nan(b) || is_below(b, a) ? a : b;
}
