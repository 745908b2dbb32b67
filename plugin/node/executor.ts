import type { Hex } from "../hex.js";
import type { Input } from "../input.js";
import type { GuestLog, InputOutcome, MachineState, Program } from "../machines/machine.js";
import type { Trace } from "./trace.js";

/** How one input was executed. */
export interface ExecutedInput {
  readonly number: bigint;
  /** Steps it took, delivery included. */
  readonly steps: bigint;
  readonly outcome: InputOutcome;
  readonly logs: readonly GuestLog[];
}

/** Executes a chain's inputs in order and keeps what is needed to go back to any of their steps. */
export interface Executor {
  readonly program: Program;
  /** How many inputs were executed. */
  readonly inputCount: bigint;
  /** Steps executed so far, deliveries included. */
  readonly steps: bigint;
  /** Executes more inputs; their numbers must follow. */
  append(inputs: readonly Input[]): Promise<void>;
  executed(number: bigint): ExecutedInput;
  /** The state after all inputs before `end`. */
  boundary(end: bigint): { readonly state: MachineState; readonly hash: Hex };
  /** The states over the inputs `[start, end)`. */
  trace(start: bigint, end: bigint): Trace;
}
