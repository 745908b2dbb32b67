import type { PagedMemory } from "../registers/pagedMemory.js";

/** A load of any alignment; behind the last byte of memory comes the first. Unsigned but for one of four bytes. */
export function loadSlowly(memory: PagedMemory, address: number, size: number): number {
  const start = address & 0xffff;
  if (size === 2 && start < 0xffff) {
    const window = memory.windows[address >>> 16];
    return window[start] | (window[start + 1] << 8);
  }
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = (value << 8) | memory.byte(address + i);
  return value;
}

/** A store of any alignment. */
export function storeSlowly(memory: PagedMemory, address: number, size: number, value: number): void {
  const start = address & 0xffff;
  if (size === 2 && (start & 1) === 0) {
    if (memory.guards[address >>> 12] !== 0) memory.prepare(address, 2);
    const window = memory.windows[address >>> 16];
    window[start] = value;
    window[start + 1] = value >>> 8;
    return;
  }
  for (let i = 0; i < size; i++) memory.setByte(address + i, value >>> (8 * i));
}
