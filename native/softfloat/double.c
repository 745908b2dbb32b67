/* The functions of double precision: compiler-rt's and libm's names where they have one, else WebAssembly's. */

#define WIDTH 64
#include "format.h"
#include "add.h"
#include "compare.h"
#include "integral.h"
#include "multiply.h"
#include "convert.h"

bits_t __adddf3(bits_t a, bits_t b) { return add(a, b); }
bits_t __subdf3(bits_t a, bits_t b) { return subtract(a, b); }
bits_t __muldf3(bits_t a, bits_t b) { return multiply(a, b); }
bits_t __divdf3(bits_t a, bits_t b) { return divide(a, b); }
bits_t __negdf2(bits_t a) { return a ^ SIGN; }

/* As compiler-rt defines them: zero where equal, signed as a - b, and on the side that makes the comparison false for NaN. */
int32_t __eqdf2(bits_t a, bits_t b) { return !equal(a, b); }
int32_t __nedf2(bits_t a, bits_t b) { return !equal(a, b); }
int32_t __ltdf2(bits_t a, bits_t b) { return less(a, b) ? -1 : !equal(a, b); }
int32_t __ledf2(bits_t a, bits_t b) { return less(a, b) ? -1 : !equal(a, b); }
int32_t __gtdf2(bits_t a, bits_t b) { return less(b, a) ? 1 : -!equal(a, b); }
int32_t __gedf2(bits_t a, bits_t b) { return less(b, a) ? 1 : -!equal(a, b); }
int32_t __unorddf2(bits_t a, bits_t b) { return unordered(a, b); }

int32_t wasm_f64_eq(bits_t a, bits_t b) { return equal(a, b); }
int32_t wasm_f64_ne(bits_t a, bits_t b) { return !equal(a, b); }
int32_t wasm_f64_lt(bits_t a, bits_t b) { return less(a, b); }
int32_t wasm_f64_gt(bits_t a, bits_t b) { return less(b, a); }
int32_t wasm_f64_le(bits_t a, bits_t b) { return less_or_equal(a, b); }
int32_t wasm_f64_ge(bits_t a, bits_t b) { return less_or_equal(b, a); }

bits_t fabs(bits_t a) { return a & MAGNITUDE; }
bits_t copysign(bits_t a, bits_t b) { return (a & MAGNITUDE) | (b & SIGN); }
bits_t ceil(bits_t a) { return round_directed(a, 0); }
bits_t floor(bits_t a) { return round_directed(a, SIGN); }
bits_t trunc(bits_t a) { return truncate(a); }
bits_t rint(bits_t a) { return round_to_even(a); }
bits_t sqrt(bits_t a) { return square_root(a); }
bits_t fmin(bits_t a, bits_t b) { return minimum_number(a, b); }
bits_t fmax(bits_t a, bits_t b) { return maximum_number(a, b); }
bits_t wasm_f64_min(bits_t a, bits_t b) { return minimum(a, b); }
bits_t wasm_f64_max(bits_t a, bits_t b) { return maximum(a, b); }

/* compiler-rt leaves open what has no integer: here they saturate, and NaN gives 0. */
uint32_t __fixdfsi(bits_t a) { return to_signed32(a, 0); }
uint32_t __fixunsdfsi(bits_t a) { return to_unsigned32(a, 0); }
uint64_t __fixdfdi(bits_t a) { return to_signed64(a, 0); }
uint64_t __fixunsdfdi(bits_t a) { return to_unsigned64(a, 0); }
uint32_t wasm_i32_trunc_f64_s(bits_t a) { return to_signed32(a, 1); }
uint32_t wasm_i32_trunc_f64_u(bits_t a) { return to_unsigned32(a, 1); }
uint64_t wasm_i64_trunc_f64_s(bits_t a) { return to_signed64(a, 1); }
uint64_t wasm_i64_trunc_f64_u(bits_t a) { return to_unsigned64(a, 1); }

bits_t __floatsidf(uint32_t x) { return from_signed32(x); }
bits_t __floatunsidf(uint32_t x) { return from_unsigned32(x); }
bits_t __floatdidf(uint64_t x) { return from_signed64(x); }
bits_t __floatundidf(uint64_t x) { return from_unsigned64(x); }
