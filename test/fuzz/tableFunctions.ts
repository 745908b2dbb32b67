import { unsigned } from "./binary.js";
import { FUNCREF, I32 } from "./dialect.js";

/** A function that is added to a module. */
export interface AddedFunction {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  readonly body: readonly number[];
}

/** The local's last bits, so that about half of all calls stay within a table of some elements. */
const low = (local: number, bits: number): number[] => [0x20, local, 0x41, 2 ** bits - 1, 0x71];

/**
 * Functions that do with table 0 what the generator never does: move, fill, grow, take from a segment and drop that.
 * @param segment Index of a passive element segment.
 */
export function tableFunctions(segment: number): AddedFunction[] {
  const three = [...low(0, 4), ...low(1, 3), ...low(2, 3)];
  const bodies: [number[], readonly number[]][] = [
    [[...three, 0xfc, 0x0e, 0, 0], []], // table.copy
    [[...three, 0xfc, 0x0c, ...unsigned(segment), 0], []], // table.init
    [[...low(0, 4), 0xd2, 0, ...low(1, 3), 0xfc, 0x11, 0], []], // table.fill with a function
    [[...low(0, 4), 0xd0, FUNCREF, ...low(1, 2), 0xfc, 0x11, 0], []], // table.fill with null
    [[...low(0, 4), ...low(1, 4), 0x25, 0, 0x26, 0], []], // table.get, table.set
    [[0xd2, 0, ...low(0, 2), 0xfc, 0x0f, 0], [I32]], // table.grow
    [[0xfc, 0x10, 0], [I32]], // table.size
    [[...low(0, 3), 0x45, 0x04, 0x40, 0xfc, 0x0d, ...unsigned(segment), 0x0b], []], // elem.drop, now and then
  ];
  return bodies.map(([code, results]) => ({ parameters: [I32, I32, I32], results, body: [0, ...code, 0x0b] }));
}

/** A passive segment of the first functions. */
export function passiveSegment(functions: number): number[] {
  const indices = Array.from({ length: Math.min(functions, 6) }, (_, index) => unsigned(index));
  return [1, 0, ...unsigned(indices.length), ...indices.flat()];
}

/** The content of an element section of `count` segments with one more. */
export function addSegment(section: Uint8Array | undefined, count: number, segment: readonly number[]): Uint8Array {
  const others = section === undefined ? [] : [...section.subarray(unsigned(count).length)];
  return Uint8Array.from([...unsigned(count + 1), ...others, ...segment]);
}
