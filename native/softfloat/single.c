/* The functions of single precision: compiler-rt's and libm's names where they have one, else WebAssembly's. */

#define WIDTH 32
#include "format.h"
#include "add.h"
#include "compare.h"
#include "integral.h"
#include "multiply.h"
#include "convert.h"

bits_t __addsf3(bits_t a, bits_t b) { return add(a, b); }
bits_t __subsf3(bits_t a, bits_t b) { return subtract(a, b); }
bits_t __mulsf3(bits_t a, bits_t b) { return multiply(a, b); }
bits_t __divsf3(bits_t a, bits_t b) { return divide(a, b); }
bits_t __negsf2(bits_t a) { return a ^ SIGN; }

/* As compiler-rt defines them: zero where equal, signed as a - b, and on the side that makes the comparison false for NaN. */
int32_t __eqsf2(bits_t a, bits_t b) { return !equal(a, b); }
int32_t __nesf2(bits_t a, bits_t b) { return !equal(a, b); }
int32_t __ltsf2(bits_t a, bits_t b) { return less(a, b) ? -1 : !equal(a, b); }
int32_t __lesf2(bits_t a, bits_t b) { return less(a, b) ? -1 : !equal(a, b); }
int32_t __gtsf2(bits_t a, bits_t b) { return less(b, a) ? 1 : -!equal(a, b); }
int32_t __gesf2(bits_t a, bits_t b) { return less(b, a) ? 1 : -!equal(a, b); }
int32_t __unordsf2(bits_t a, bits_t b) { return unordered(a, b); }

int32_t wasm_f32_eq(bits_t a, bits_t b) { return equal(a, b); }
int32_t wasm_f32_ne(bits_t a, bits_t b) { return !equal(a, b); }
int32_t wasm_f32_lt(bits_t a, bits_t b) { return less(a, b); }
int32_t wasm_f32_gt(bits_t a, bits_t b) { return less(b, a); }
int32_t wasm_f32_le(bits_t a, bits_t b) { return less_or_equal(a, b); }
int32_t wasm_f32_ge(bits_t a, bits_t b) { return less_or_equal(b, a); }

bits_t fabsf(bits_t a) { return a & MAGNITUDE; }
bits_t copysignf(bits_t a, bits_t b) { return (a & MAGNITUDE) | (b & SIGN); }
bits_t ceilf(bits_t a) { return round_directed(a, 0); }
bits_t floorf(bits_t a) { return round_directed(a, SIGN); }
bits_t truncf(bits_t a) { return truncate(a); }
bits_t rintf(bits_t a) { return round_to_even(a); }
bits_t sqrtf(bits_t a) { return square_root(a); }
bits_t fminf(bits_t a, bits_t b) { return minimum_number(a, b); }
bits_t fmaxf(bits_t a, bits_t b) { return maximum_number(a, b); }
bits_t wasm_f32_min(bits_t a, bits_t b) { return minimum(a, b); }
bits_t wasm_f32_max(bits_t a, bits_t b) { return maximum(a, b); }

/* compiler-rt leaves open what has no integer: here they saturate, and NaN gives 0. */
uint32_t __fixsfsi(bits_t a) { return to_signed32(a, 0); }
uint32_t __fixunssfsi(bits_t a) { return to_unsigned32(a, 0); }
uint64_t __fixsfdi(bits_t a) { return to_signed64(a, 0); }
uint64_t __fixunssfdi(bits_t a) { return to_unsigned64(a, 0); }
uint32_t wasm_i32_trunc_f32_s(bits_t a) { return to_signed32(a, 1); }
uint32_t wasm_i32_trunc_f32_u(bits_t a) { return to_unsigned32(a, 1); }
uint64_t wasm_i64_trunc_f32_s(bits_t a) { return to_signed64(a, 1); }
uint64_t wasm_i64_trunc_f32_u(bits_t a) { return to_unsigned64(a, 1); }

bits_t __floatsisf(uint32_t x) { return from_signed32(x); }
bits_t __floatunsisf(uint32_t x) { return from_unsigned32(x); }
bits_t __floatdisf(uint64_t x) { return from_signed64(x); }
bits_t __floatundisf(uint64_t x) { return from_unsigned64(x); }
