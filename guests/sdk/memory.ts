import { Word } from "./word";

/** Bytes of the largest block that `keccak256` and `sha256` take. */
export const BLOCK: u32 = 256;

/*
 * A guest has no heap: what it needs is reserved when it is compiled, one place for every call in the source, zero at
 * genesis. What is written there stays from input to input.
 */

/** Reserves one word. */
// @ts-ignore: decorator
@inline
export function reserveWord(): Word {
  return changetype<Word>(memory.data(32, 32));
}

/** Reserves 256 bytes for the operands of a hash or a signature. Words of it: `wordOf(block, 0)` to `wordOf(block, 7)`. */
// @ts-ignore: decorator
@inline
export function reserveBlock(): usize {
  return memory.data(256, 256);
}

/** Word `index` of the words that start at an aligned `pointer`. */
// @ts-ignore: decorator
@inline
export function wordOf(pointer: usize, index: usize): Word {
  return changetype<Word>(pointer + (index << 5));
}
