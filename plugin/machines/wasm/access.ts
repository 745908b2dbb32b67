import { Trap } from "../traps.js";
import type { Memory } from "./memory.js";
import { accessSize } from "./opcodes.js";

/** Bytes that each load and store touches, by opcode. */
export const ACCESS_SIZES = Uint8Array.from({ length: 0x3f }, (_, op) => (op >= 0x28 ? accessSize(op) : 0));

/**
 * Any load: the address is the i32 in slot `x` of the halves, the value takes its place.
 * @returns a trap, or `Trap.none`.
 */
export function load(op: number, memory: Memory, s: Int32Array, x: number, offset: number): number {
  const address = (s[x] >>> 0) + offset;
  const size = ACCESS_SIZES[op];
  if (address + size > memory.size) return Trap.memory;
  const [low, high] = [
    readBytes(memory.bytes, address, Math.min(size, 4)),
    size === 8 ? readBytes(memory.bytes, address + 4, 4) : 0,
  ];
  switch (op) {
    case 0x2c: // i32.load8_s
      return set(s, x, (low << 24) >> 24, 0);
    case 0x2e: // i32.load16_s
      return set(s, x, (low << 16) >> 16, 0);
    case 0x30: // i64.load8_s
      return set(s, x, (low << 24) >> 24, (low << 24) >> 31);
    case 0x32: // i64.load16_s
      return set(s, x, (low << 16) >> 16, (low << 16) >> 31);
    case 0x34: // i64.load32_s
      return set(s, x, low, low >> 31);
    default:
      return set(s, x, low, high);
  }
}

/** Any store: the address is the i32 in slot `x` of the halves, the value in the slot behind it. */
export function store(op: number, memory: Memory, s: Int32Array, x: number, offset: number): number {
  const address = (s[x] >>> 0) + offset;
  const size = ACCESS_SIZES[op];
  if (address + size > memory.size) return Trap.memory;
  memory.unshareRange(address, size);
  for (let i = 0; i < size; i++) memory.bytes[address + i] = i < 4 ? s[x + 2] >>> (8 * i) : s[x + 3] >>> (8 * (i - 4));
  return Trap.none;
}

function readBytes(bytes: Uint8Array, address: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= bytes[address + i] << (8 * i);
  return value;
}

function set(s: Int32Array, x: number, low: number, high: number): number {
  s[x] = low;
  s[x + 1] = high;
  return Trap.none;
}
