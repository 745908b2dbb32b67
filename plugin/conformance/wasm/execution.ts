import type { StepObserver } from "../runner.js";
import { StoppedError } from "./errors.js";

/** How deep calls between instances may nest; within an instance the machine's own stack is the limit. */
const MAXIMUM_DEPTH = 400;

/** Steps that one command may take. */
const MAXIMUM_STEPS = 2 ** 28;

/** What all instances of a script share while a command runs. */
export class Execution {
  private depth = 0;
  private left = MAXIMUM_STEPS;

  constructor(readonly observer: StepObserver | undefined) {}

  /** A command begins. */
  begin(): void {
    this.left = MAXIMUM_STEPS;
  }

  /** Steps that may still be taken. */
  get room(): number {
    return this.left;
  }

  /** @throws {StoppedError} once the command has taken too many. */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left <= 0) throw new StoppedError(`more than ${MAXIMUM_STEPS} steps`);
  }

  /** A call into an instance. @throws {StoppedError} where calls nest too deep. */
  nest<Result>(call: () => Result): Result {
    if (this.depth >= MAXIMUM_DEPTH) throw new StoppedError("call stack exhausted");
    this.depth++;
    try {
      return call();
    } finally {
      this.depth--;
    }
  }
}
