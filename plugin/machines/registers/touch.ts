import type { Cursor } from "../witness.js";
import { MEMORY_SIZE } from "./pagedMemory.js";

const LEAF = 32;

/**
 * Touches the leaves of `size` bytes at an address as `ByteMemory` does on chain; behind the last byte of memory comes the first.
 * @param stored The bytes that take their place, if any do.
 */
export function touchBytes(memory: Cursor, address: number, size: number, stored?: Uint8Array): void {
  const leaf = memory.touch(Math.floor(address / LEAF));
  const offset = address % LEAF;
  if (offset + size <= LEAF) return;
  if (stored !== undefined) {
    const changed = leaf.slice();
    changed.set(stored.subarray(0, LEAF - offset), offset);
    memory.write(changed);
  }
  memory.touch(Math.floor(((address + size - 1) % MEMORY_SIZE) / LEAF));
}
