import type { AppendedFunction } from "./appended.js";
import { add, backward, checkRange, forward, whileLeft } from "./loops.js";
import { functionOf } from "./text.js";

const TRAP = "out of bounds table access";
const THREE_NUMBERS = { parameters: ["i32", "i32", "i32"], results: [] } as const;

/** A table, or a segment of elements, as functions see it. */
export interface References {
  /** Undefined for a segment that is never there. */
  readonly region: number | undefined;
  /** Text that gives the size as an i32. */
  readonly size: string;
}

const sizeOf = ({ size }: References): string => `${size} i64.extend_i32_u`;
const get = ({ region }: References): string => `table.get ${region}`;
const set = ({ region }: References): string => `table.set ${region}`;

/** `table.get(index)` of a table whose region is larger than the table. */
export function tableGet(table: References): AppendedFunction {
  const text = `local.get 0 ${table.size} i32.ge_u if unreachable end local.get 0 ${get(table)}`;
  return functionOf({ parameters: ["i32"], results: ["i64"] }, [], TRAP, text);
}

/** `table.set(index, reference)` of such a table. */
export function tableSet(table: References): AppendedFunction {
  const text = `local.get 0 ${table.size} i32.ge_u if unreachable end local.get 0 local.get 1 ${set(table)}`;
  return functionOf({ parameters: ["i32", "i64"], results: [] }, [], TRAP, text);
}

/** `table.fill(from, reference, count)`. */
export function tableFill(table: References): AppendedFunction {
  const text = `
    ${checkRange(0, 2, sizeOf(table))}
    ${whileLeft(1, `local.get 0 local.get 1 ${set(table)} ${add(0, 1)} ${add(2, -1)}`)}`;
  return functionOf({ parameters: ["i32", "i64", "i32"], results: [] }, [], TRAP, text);
}

/** `table.copy(to, from, count)`; the ranges may overlap, if the tables are one. */
export function tableCopy(to: References, from: References): AppendedFunction {
  const text = `
    ${checkRange(1, 2, sizeOf(from))} ${checkRange(0, 2, sizeOf(to))}
    local.get 0 local.get 1 i32.le_u if ${forward(1, get(from), set(to))} return end
    ${backward(1, get(from), set(to))}`;
  return functionOf(THREE_NUMBERS, [], TRAP, text);
}

/** `table.init(to, from, count)`. */
export function tableInit(to: References, from: References): AppendedFunction {
  const checks = `${checkRange(1, 2, sizeOf(from))} ${checkRange(0, 2, sizeOf(to))}`;
  const text = from.region === undefined ? checks : `${checks} ${forward(1, get(from), set(to))}`;
  return functionOf(THREE_NUMBERS, [], TRAP, text);
}

/**
 * `table.grow(reference, count)`. What is behind the table's end in its region is null, so that growing by null writes nothing.
 * @param capacity Slots of the region.
 */
export function tableGrow(table: References, sizeGlobal: number, capacity: number): AppendedFunction {
  const last = `local.get 3 local.get 2 i32.add local.get 0 ${set(table)}`;
  const text = `
    global.get ${sizeGlobal} local.set 3 local.get 1 local.set 2
    local.get 1 i32.const ${capacity} local.get 3 i32.sub i32.gt_u if i32.const -1 return end
    local.get 3 local.get 1 i32.add global.set ${sizeGlobal}
    local.get 0 i64.eqz if local.get 3 return end
    ${whileLeft(1, `${add(2, -1)} ${last}`)}
    local.get 3`;
  return functionOf({ parameters: ["i64", "i32"], results: ["i32"] }, ["i32", "i32"], TRAP, text);
}
