import { STACK_SLOTS } from "../instruction.js";
import { Trap } from "../../traps.js";
import { signed, unsigned } from "./binary.js";
import type { ModuleIndices } from "./moduleIndices.js";
import type { EmittedFunction } from "./segmentedCode.js";

const [IF, END, UNREACHABLE, EMPTY] = [0x04, 0x0b, 0x00, 0x40];

/** Takes `cost` steps off the budget. */
export function count(cost: number, { fuel }: ModuleIndices): number[] {
  if (cost === 0) return [];
  return [0x23, ...unsigned(fuel), 0x42, ...signed(cost), 0x7d, 0x24, ...unsigned(fuel)];
}

/** Asks for more where what was given is used up, then takes `cost` steps off it. The local, an i64, is for its own use. */
export function checkAndCount(cost: number, local: number, indices: ModuleIndices): number[] {
  const [fuel, left] = [unsigned(indices.fuel), unsigned(local)];
  const refuel = [0x10, ...unsigned(indices.refuelFunction), 0x23, ...fuel, 0x21, ...left];
  const check = [0x23, ...fuel, 0x22, ...left, 0x42, 0, 0x53, IF, EMPTY, ...refuel, END];
  return [...check, 0x20, ...left, 0x42, ...signed(cost), 0x7d, 0x24, ...fuel];
}

/** Traps, as the flat machine's call does, if the frame does not fit. */
export function frameCheck(pointer: number, frame: number, indices: ModuleIndices): number[] {
  const limit = signed(STACK_SLOTS - frame);
  const stop = [0x41, ...signed(Trap.stack), 0x24, ...unsigned(indices.cause), UNREACHABLE];
  return [0x20, ...unsigned(pointer), 0x41, ...limit, 0x4a, IF, EMPTY, ...stop, END];
}

/** The function that is called where what was given is used up: gets more from outside, and pauses there if it is told to. */
export function emitRefuel({ grantFunction, pauseFunction }: ModuleIndices): EmittedFunction {
  const pause = [IF, EMPTY, 0x10, ...unsigned(pauseFunction), END];
  return { bytes: [0, 0x10, ...unsigned(grantFunction), ...pause, END], points: new Map() };
}
