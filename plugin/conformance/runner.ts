import type { MachineState } from "../machines/machine.js";
import type { Hex } from "../hex.js";
import type { FileTally } from "./report.js";

/** One step as the off-chain machine made it, with what the contract needs to make it again. */
export interface SampledStep {
  /** Class of the instruction, or `trap: ` and why it trapped. */
  readonly kind: string;
  /** The arguments of `IMachine.step`. */
  readonly program: Hex;
  readonly inputHash: Hex;
  readonly step: bigint;
  readonly before: MachineState;
  readonly witness: Uint8Array;
  readonly after: MachineState;
}

/** Chooses steps to be proved on chain. */
export interface StepObserver {
  /** A command begins: the steps of different ones differ most. */
  nextCommand(): void;
  /** Whether no step of this kind is asked for any more. */
  hasEnough(kind: string): boolean;
  /** Whether the next step is asked for if it is of this kind. */
  wants(kind: string): boolean;
  observe(step: SampledStep): void;
}

/** How a machine runs the tests of its kind. The suite around them, the report and the chain are the same for every machine. */
export interface ConformanceRunner {
  /** Whether a file in the suite's folder is a test; others may belong to one. */
  isTest(path: string): Promise<boolean>;
  /** Runs one test. What is wrong with the machine goes to the tally; throws only for what no machine could run. */
  run(path: string, tally: FileTally): Promise<void>;
}

/** Makes a machine's runner. @param observer Told of steps, if any are to be proved on chain. */
export type RunnerFactory = (observer: StepObserver | undefined) => ConformanceRunner;
