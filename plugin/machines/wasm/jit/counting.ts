import { STACK_SLOTS } from "../instruction.js";
import { Trap } from "../traps.js";
import { signed, unsigned } from "./binary.js";
import type { ModuleIndices } from "./moduleIndices.js";

/** A cause beside those of traps: the budget is used up. */
export const OUT_OF_FUEL = 255;

const [IF, END, UNREACHABLE, EMPTY] = [0x04, 0x0b, 0x00, 0x40];

/** Takes `cost` steps off the budget. */
export function count(cost: number, { fuel }: ModuleIndices): number[] {
  if (cost === 0) return [];
  return [0x23, ...unsigned(fuel), 0x42, ...signed(cost), 0x7d, 0x24, ...unsigned(fuel)];
}

/** Ends where the budget was used up before, else takes `cost` steps off it. The local, an i64, is for its own use. */
export function checkAndCount(cost: number, local: number, indices: ModuleIndices): number[] {
  const [fuel, left] = [unsigned(indices.fuel), unsigned(local)];
  const check = [0x23, ...fuel, 0x22, ...left, 0x42, 0, 0x53, IF, EMPTY, ...stop(OUT_OF_FUEL, indices), END];
  return [...check, 0x20, ...left, 0x42, ...signed(cost), 0x7d, 0x24, ...fuel];
}

/** Traps, as the flat machine's call does, if the frame does not fit. */
export function frameCheck(pointer: number, frame: number, indices: ModuleIndices): number[] {
  const limit = signed(STACK_SLOTS - frame);
  return [0x20, ...unsigned(pointer), 0x41, ...limit, 0x4a, IF, EMPTY, ...stop(Trap.stack, indices), END];
}

/** Leaves the guest, and says why. */
function stop(cause: number, indices: ModuleIndices): number[] {
  return [0x41, ...signed(cause), 0x24, ...unsigned(indices.cause), UNREACHABLE];
}
