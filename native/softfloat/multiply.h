/* Products, quotients and square roots: the significand by wide arithmetic, then one rounding. */

/* Whether the exponent's field says anything but a normal number. */
inline int is_special(bits_t exponent) { return exponent - 1 >= EXPONENT_MAX - 1; }

/* The float of an exact result with a leading bit at FRACTION_BITS + GUARD, whatever the exponent. */
inline bits_t pack(bits_t sign, signed_t exponent, bits_t significand) {
  if (rare(exponent < 1)) {
    significand = shift_sticky(significand, 1 - exponent);
    exponent = 1;
  }
  return sign | clamp_infinite(round_even(exponent, significand));
}

#if WIDTH == 32

/* The product's 48 bits without the last 21, which the sticky bit stands for. */
inline bits_t multiply_significands(bits_t a, bits_t b) {
  uint64_t product = (uint64_t)a * b;
  return (bits_t)(product >> 21) | (((bits_t)product & 0x1fffff) != 0);
}

/* a / b for a quotient in [1, 2), 27 bits. */
inline bits_t divide_significands(bits_t a, bits_t b) {
  uint64_t numerator = (uint64_t)a << (FRACTION_BITS + GUARD);
  uint64_t quotient = numerator / b;
  return (bits_t)quotient | (quotient * b != numerator);
}

#else

/* The product's 106 bits without the last 50, by halves of 28 and 25 bits. */
inline bits_t multiply_significands(bits_t a, bits_t b) {
  const bits_t low = 0x1ffffff;
  bits_t a_high = a >> 25, a_low = a & low, b_high = b >> 25, b_low = b & low;
  bits_t last = a_low * b_low;
  bits_t middle = a_high * b_low + a_low * b_high + (last >> 25);
  return (a_high * b_high + (middle >> 25)) | (((middle | last) & low) != 0);
}

/*
 * a / b for a quotient in [1, 2), 56 bits: 27 and then 28 by a divisor of 35 bits, rounded up, so that a digit is never too large
 * and at most one too small; what is missing of the first goes into the second.
 */
inline bits_t divide_significands(bits_t a, bits_t b) {
  bits_t divisor = (b >> 18) + 1;
  bits_t first = (a << 9) / divisor;
  bits_t rest = (a << 27) - first * b;
  bits_t second = (rest << 10) / divisor;
  rest = (rest << 28) - second * b;
  bits_t quotient = (first << 28) + second;
  if (rare(rest >= b)) {
    quotient++;
    rest -= b;
  }
  return quotient | (rest != 0);
}

#endif

inline bits_t multiply(bits_t a, bits_t b) {
  signed_t exponent_a = exponent_field(a), exponent_b = exponent_field(b);
  bits_t x = with_leading(a), y = with_leading(b);
  bits_t sign = (a ^ b) & SIGN;
  if (rare(is_special(exponent_a)) || rare(is_special(exponent_b))) {
    a = magnitude(a);
    b = magnitude(b);
    if (a > INFINITE || b > INFINITE) return NOT_A_NUMBER;
    if (a == 0 || b == 0) return a == INFINITE || b == INFINITE ? NOT_A_NUMBER : sign;
    if (a == INFINITE || b == INFINITE) return sign | INFINITE;
    if (exponent_a == 0) x = normalize(a, &exponent_a);
    if (exponent_b == 0) y = normalize(b, &exponent_b);
  }
  signed_t exponent = exponent_a + exponent_b - (BIAS - 1);
  bits_t product = multiply_significands(x, y);
  if (product >> (FRACTION_BITS + GUARD) == 0) {
    product <<= 1;
    exponent--;
  }
  return pack(sign, exponent, product);
}

inline bits_t divide(bits_t a, bits_t b) {
  signed_t exponent_a = exponent_field(a), exponent_b = exponent_field(b);
  bits_t x = with_leading(a), y = with_leading(b);
  bits_t sign = (a ^ b) & SIGN;
  if (rare(is_special(exponent_a)) || rare(is_special(exponent_b))) {
    a = magnitude(a);
    b = magnitude(b);
    if (a > INFINITE || b > INFINITE) return NOT_A_NUMBER;
    if (a == INFINITE) return b == INFINITE ? NOT_A_NUMBER : sign | INFINITE;
    if (b == 0) return a == 0 ? NOT_A_NUMBER : sign | INFINITE;
    if (a == 0 || b == INFINITE) return sign;
    if (exponent_a == 0) x = normalize(a, &exponent_a);
    if (exponent_b == 0) y = normalize(b, &exponent_b);
  }
  signed_t exponent = exponent_a - exponent_b + BIAS;
  if (x < y) {
    x <<= 1;
    exponent--;
  }
  return pack(sign, exponent, divide_significands(x, y));
}

/*
 * The square root of n * 2^-62 in [1, 4), times 2^31: a parabola that is right to 7 bits, then Newton's iteration twice, each of
 * which doubles them. At most two off.
 */
inline uint64_t approximate_root(uint64_t n) {
  uint64_t high = n >> 48;
  uint64_t root = 0x42600000 + (high * (70601000 - high * 324) >> 10);
  root = (root + n / root) >> 1;
  return (root + n / root) >> 1;
}

/*
 * The square root of n * 2^-62 in [1, 4), times 2^(FRACTION_BITS + 1) and rounded down: Newton's last step is at most one too
 * large, which the square's low bits show.
 */
inline bits_t root_of(uint64_t n) {
  uint64_t root = approximate_root(n);
#if WIDTH == 32
  root >>= 7;
  uint64_t square = n >> 14;
  if (root * root > square) root--;
  if ((root + 1) * (root + 1) <= square) root++;
#else
  uint64_t quotient = n / root;
  uint64_t rest = n - quotient * root;
  root = (((root + quotient) << 30) + (rest << 30) / root) >> 9;
  if ((int64_t)((n << 44) - root * root) < 0) root--;
#endif
  return (bits_t)root;
}

inline bits_t square_root(bits_t a) {
  signed_t exponent = exponent_field(a);
  bits_t x = with_leading(a);
  if (rare(is_special(exponent)) || rare(is_negative(a))) {
    if (magnitude(a) == 0 || a == INFINITE) return a;
    if (a > INFINITE) return NOT_A_NUMBER;
    x = normalize(a, &exponent);
  }
  uint64_t n = (uint64_t)x << (62 - FRACTION_BITS + (~exponent & 1));
  bits_t root = root_of(n);
  /* No root lies half way between two floats, so the bit below the last decides. */
  return ((((bits_t)(exponent + BIAS) >> 1) - 1) << FRACTION_BITS) + ((root + 1) >> 1);
}
