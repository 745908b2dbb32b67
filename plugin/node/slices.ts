import { setImmediate } from "node:timers/promises";

import type { Machine } from "../machines/machine.js";

/** How many steps are executed before other work (progress, signals) gets its turn. */
export const STEPS_PER_SLICE = 2 ** 23;

/** After so many milliseconds it gets its turn, too: a step that calls the host may be worth thousands of others. */
const MILLISECONDS_PER_SLICE = 100;

/** Executes at most `steps` steps, and fewer if they take long. Gives how many. */
export function runSlice(machine: Machine, steps: number): number {
  return machine.run(steps, MILLISECONDS_PER_SLICE);
}

/** Lets timers, input and output run between two slices of a long execution. */
export async function yieldToEvents(): Promise<void> {
  await setImmediate();
}
