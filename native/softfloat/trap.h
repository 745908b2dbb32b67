/* How conversions trap; functions, so that their names tell the cause. */

_Noreturn void wasm_trap_invalid_conversion_to_integer(void);
_Noreturn void wasm_trap_integer_overflow(void);
