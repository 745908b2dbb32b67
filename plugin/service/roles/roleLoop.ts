import { setTimeout } from "node:timers/promises";

import { RollupError } from "../../errors.js";

/** What time does not help with: the process has to be stopped, and somebody to look at it. */
const FATAL: readonly string[] = [
  "GUEST_MISMATCH",
  "DEPLOYMENT_STALE",
  "DATABASE_DAMAGED",
  "DATABASE_UNREADABLE",
  "EXECUTION_DIFFERS",
  "SNAPSHOT_INVALID",
  "ACCOUNT_MISSING",
];

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;

/** How a loop is doing. */
export interface LoopState {
  readonly name: string;
  /** When its last round that went well ended, in milliseconds; undefined if none has. */
  readonly succeededAt: number | undefined;
  /** Why its last round failed; undefined if it did not. */
  readonly failure: Error | undefined;
}

/** How a loop goes on. */
export interface LoopOptions {
  /** Between two rounds, in milliseconds. */
  readonly pause: number;
  /** Told of each failure that was not the one before. */
  readonly onFailure: (name: string, error: Error) => void;
}

/** Does one role's rounds, one after the other, until it is told to stop. A round that fails is tried again, later each time. */
export class RoleLoop implements LoopState {
  public succeededAt: number | undefined;
  public failure: Error | undefined;
  private failures = 0;

  /** @param round Gives how many milliseconds the next one waits, if not as long as usual. */
  public constructor(
    public readonly name: string,
    private readonly round: () => Promise<number | undefined>,
    private readonly options: LoopOptions,
  ) {}

  /** @throws What time does not help with. */
  public async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = await this.once();
      await setTimeout(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private async once(): Promise<number> {
    try {
      const pause = await this.round();
      [this.succeededAt, this.failure, this.failures] = [Date.now(), undefined, 0];
      return pause ?? this.options.pause;
    } catch (error) {
      if (isFatal(error)) throw error;
      const { message } = this.failure ?? {};
      this.failure = error as Error;
      if (this.failure.message !== message) this.options.onFailure(this.name, this.failure);
      return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures++);
    }
  }
}

/** Whether a process cannot go on after an error. Errors of SQLite are about the file, which holds promises. */
export function isFatal(error: unknown): boolean {
  if (error instanceof RollupError) return FATAL.includes(error.code);
  return (error as { readonly code?: string } | null)?.code === "ERR_SQLITE_ERROR";
}
