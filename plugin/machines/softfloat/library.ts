import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PACKAGE_ROOT } from "../../packageRoot.js";

/** The compiled `native/softfloat`. Programs with floats contain parts of it, so it must be the same everywhere. */
export const SOFTFLOAT_MODULE: string = join(PACKAGE_ROOT, "native", "softfloat", "softfloat.wasm");

/** Of its two functions that trap, what a trap inside them means. */
export const TRAP_CAUSES = [
  ["wasm_trap_invalid_conversion_to_integer", "invalid conversion to integer"],
  ["wasm_trap_integer_overflow", "integer overflow"],
] as const;

let library: Uint8Array | undefined;

/**
 * The compiled library: a module of functions that use nothing but integer instructions and their locals, exported under the
 * names of `FLOAT_OPERATIONS` and the rest of compiler-rt's and libm's.
 */
export function softfloatLibrary(): Uint8Array {
  library ??= new Uint8Array(readFileSync(SOFTFLOAT_MODULE));
  return library;
}
