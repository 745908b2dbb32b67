/** Execution ended before its function returned. Thrown through every instance that waits for the call. */
export class StoppedError extends Error {
  /** @param reason In the specification's words where it has some, e.g. `integer overflow`. */
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** A command needs what the machine leaves out. */
export class SkippedError extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}
