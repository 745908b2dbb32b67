import type { Input } from "../input.js";
import type { Machine } from "../machines/machine.js";
import { runSlice, STEPS_PER_SLICE, yieldToEvents } from "./slices.js";

/**
 * Executes an input to its end on a machine that waits; gives how many steps it took. Others get their turns meanwhile.
 * @param engine "whole" takes it on V8 where the machine can.
 */
export async function executeInput(machine: Machine, input: Input, engine: "whole" | "steps"): Promise<bigint> {
  machine.deliver(input);
  const whole = engine === "whole" ? await machine.runWholeInTurns?.(yieldToEvents) : undefined;
  let steps = 1n + BigInt(whole ?? 0);
  while (!machine.waiting) {
    steps += BigInt(runSlice(machine, STEPS_PER_SLICE));
    if (!machine.waiting) await yieldToEvents();
  }
  return steps;
}
