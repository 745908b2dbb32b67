import { RollupError } from "../errors.js";

/** The machine is asked for what it can do only while it waits. */
export class MachineRunsError extends RollupError {
  constructor(inputNumber: bigint) {
    super("MACHINE_RUNS", "The machine is still handling an input.", { input: inputNumber });
  }
}
