import { setImmediate } from "node:timers/promises";

/** How many steps are executed before other work (progress, signals) gets its turn. */
export const STEPS_PER_SLICE = 2 ** 23;

/** Lets timers, input and output run between two slices of a long execution. */
export async function yieldToEvents(): Promise<void> {
  await setImmediate();
}
