#include "trap.h"

_Noreturn void wasm_trap_invalid_conversion_to_integer(void) { __builtin_trap(); }

_Noreturn void wasm_trap_integer_overflow(void) { __builtin_trap(); }
