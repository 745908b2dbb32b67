import { setTimeout } from "node:timers/promises";

import { RollupError } from "../errors.js";

/** What is worth trying again of errors that this package throws. */
const PASSING: readonly string[] = [
  "NETWORK_UNREACHABLE",
  "ENDPOINTS_UNREACHABLE",
  "ENDPOINTS_DISAGREE",
  "ENDPOINT_FAILED",
  "LOGS_REFUSED",
];
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4_000;
/** How long a node is patient with a settlement layer that does not let it begin, in milliseconds. */
export const STARTING_PATIENCE = 120_000;

/** How something is tried again. */
export interface Patience {
  /** In milliseconds, from the first try on. */
  readonly milliseconds: number;
  /** Told of each failure: why, and after how many seconds it is tried again. */
  readonly tell: (text: string) => void;
}

/**
 * Does what needs the settlement layer, again and again while that fails by what passes: endpoints that do not answer, or with errors of theirs.
 * @param what For people: `reading the deployment`.
 * @throws {RollupError} What does not pass, at once; `START_FAILED` when the patience is at its end.
 */
export async function untilReached<T>(what: string, work: () => Promise<T>, patience: Patience): Promise<T> {
  const end = Date.now() + patience.milliseconds;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (Date.now() + pause > end) throw failed(what, patience, error as Error);
      patience.tell(`${what}: ${reasonOf(error as Error)}; tried again in ${pause / 1_000} s`);
      await setTimeout(pause);
    }
  }
}

/** Whoever speaks to a network throws errors of many kinds: what is none of ours, of the file's or of a program's own passes. */
function isPassing(error: unknown): boolean {
  if (error instanceof RollupError) return PASSING.includes(error.code);
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) return false;
  return (error as { readonly code?: string }).code !== "ERR_SQLITE_ERROR";
}

function failed(what: string, { milliseconds }: Patience, error: Error): RollupError {
  const facts = {
    tried: `${what}, for ${milliseconds / 1_000} s`,
    reason: reasonOf(error),
    do: "look at the network's address and at `config.rollup.l1`, then start it again: nothing was done",
  };
  return new RollupError("START_FAILED", "The settlement layer does not let this node begin.", facts, error);
}

/** The first line, and what is below it. */
function reasonOf(error: Error): string {
  const [sentence] = error.message.split("\n");
  const { cause } = error;
  const below = cause instanceof Error ? cause.message.split("\n")[0] : "";
  return below === "" || sentence.includes(below) ? sentence : `${sentence} (${below})`;
}
