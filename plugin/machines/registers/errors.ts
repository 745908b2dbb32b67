import { RollupError } from "../../errors.js";

/** A guest that does not come to wait for its first input. */
export class FirstWaitError extends RollupError {
  constructor(machine: string, reason: string) {
    super("GENESIS_FAILED", "The guest cannot be brought to its first wait.", { machine, reason });
  }
}
