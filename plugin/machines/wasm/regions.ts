import { UnsupportedModuleError } from "./errors.js";
import type { Instruction } from "./instruction.js";
import { Trap } from "../traps.js";

/** What a slot holds at first: 64 bits, or the reference of a function. */
export type SlotValue = bigint | { readonly function: number };

/** An array of slots that instructions index: a table, or a segment that code reads. */
export interface RegionDeclaration {
  /** In slots. */
  readonly size: number;
  /** What the first slots hold at first; those behind them hold 0. */
  readonly contents: readonly SlotValue[];
  /** The i32 global that says how many slots are the table's now, where it can grow. */
  readonly sizeGlobal?: number;
}

/** A region in the tables tree. */
export interface Region extends RegionDeclaration {
  /** Its first slot. */
  readonly base: number;
}

/** The most slots that globals and regions may have together: V8 takes no table of half as many. */
export const MAXIMUM_SLOTS = 2 ** 24;

/**
 * Regions stand behind the globals, in their order, without gaps.
 * @throws {UnsupportedModuleError} if they are too large.
 */
export function placeRegions(globals: number, declared: readonly RegionDeclaration[]): Region[] {
  let next = globals;
  const regions = declared.map((region) => {
    const base = next;
    next += region.size;
    return { ...region, base };
  });
  if (next > MAXIMUM_SLOTS) {
    throw new UnsupportedModuleError(
      `${next} slots of globals, tables and segments`,
      `use smaller tables: at most ${MAXIMUM_SLOTS} slots`,
    );
  }
  return regions;
}

/**
 * Why the call of a null reference traps: a slot past the end of a table that can still grow is no element.
 * @param valueOf Gives the value of an i32 global, unsigned.
 */
export function nullElementTrap(
  regions: readonly Region[],
  { high, low }: Instruction,
  index: number,
  valueOf: (global: number) => number,
): number {
  const region = regions.find(({ base, size }) => base === high && size === low);
  if (region?.sizeGlobal === undefined) return Trap.nullElement;
  return index < valueOf(region.sizeGlobal) ? Trap.nullElement : Trap.undefinedElement;
}
