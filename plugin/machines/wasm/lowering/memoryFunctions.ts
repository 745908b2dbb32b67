import type { AppendedFunction } from "./appended.js";
import { add, backward, checkRange, forward, whileLeft } from "./loops.js";
import { functionOf } from "./text.js";

const TYPE = { parameters: ["i32", "i32", "i32"], results: [] } as const;
const TRAP = "out of bounds memory access";

const MEMORY_SIZE = "memory.size i64.extend_i32_u i64.const 16 i64.shl";

/** `memory.fill(to, value, length)`: checked before anything is written, then eight bytes at a time. */
export function memoryFill(): AppendedFunction {
  const text = `
    ${checkRange(0, 2, MEMORY_SIZE)}
    local.get 1 i32.const 255 i32.and i64.extend_i32_u i64.const 72340172838076673 i64.mul local.set 3
    ${whileLeft(8, `local.get 0 local.get 3 i64.store ${add(0, 8)} ${add(2, -8)}`)}
    ${whileLeft(1, `local.get 0 local.get 1 i32.store8 ${add(0, 1)} ${add(2, -1)}`)}`;
  return functionOf(TYPE, ["i64"], TRAP, text);
}

/** `memory.copy(to, from, length)`, whose ranges may overlap. */
export function memoryCopy(): AppendedFunction {
  const text = `
    ${checkRange(0, 2, MEMORY_SIZE)} ${checkRange(1, 2, MEMORY_SIZE)}
    local.get 0 local.get 1 i32.le_u if
      ${forward(8, "i64.load", "i64.store")} ${forward(1, "i32.load8_u", "i32.store8")} return
    end
    ${backward(8, "i64.load", "i64.store")} ${backward(1, "i32.load8_u", "i32.store8")}`;
  return functionOf(TYPE, [], TRAP, text);
}

/** Eight bytes of a segment to a slot, the first in the lowest bits. */
export const BYTES_PER_SLOT = 8;

/** The content of a segment's region. */
export function slotsOfBytes(data: Uint8Array): bigint[] {
  const padded = new Uint8Array(Math.ceil(data.length / BYTES_PER_SLOT) * BYTES_PER_SLOT);
  padded.set(data);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / BYTES_PER_SLOT }, (_, slot) => view.getBigUint64(8 * slot, true));
}

/**
 * `memory.init(to, from, length)`: byte by byte until `from` is at a slot's start, then slot by slot.
 * @param length Text that gives the segment's length as an i32.
 * @param region Undefined for a segment that is never there, of which only nothing can be copied.
 */
export function memoryInit(length: string, region: number | undefined): AppendedFunction {
  const checks = `${checkRange(1, 2, `${length} i64.extend_i32_u`)} ${checkRange(0, 2, MEMORY_SIZE)}`;
  if (region === undefined) return functionOf(TYPE, [], TRAP, checks);
  const slot = `local.get 1 i32.const 3 i32.shr_u table.get ${region}`;
  const shift = "local.get 1 i32.const 7 i32.and i32.const 3 i32.shl i64.extend_i32_u";
  const advance = (size: number): string => [add(0, size), add(1, size), add(2, -size)].join(" ");
  const byte = `local.get 0 ${slot} ${shift} i64.shr_u i64.store8 ${advance(1)}`;
  const text = `
    ${checks}
    ${whileLeft(1, `local.get 1 i32.const 7 i32.and i32.eqz br_if 1 ${byte}`)}
    ${whileLeft(8, `local.get 0 ${slot} i64.store ${advance(8)}`)}
    ${whileLeft(1, byte)}`;
  return functionOf(TYPE, [], TRAP, text);
}
