import { appendFileSync } from "node:fs";

/**
 * Names the points at which the process is to be killed, whichever comes first: `<point>`, or `<point>:<n>` for the n-th time that it is reached, with
 * commas between them.
 */
export const KILL_POINT_VARIABLE = "HARDHAT_ROLLUP_KILL_AT";
/** Names a file to which the process adds the name of each point that it reaches, in a line of its own, before it dies there. */
export const POINTS_FILE_VARIABLE = "HARDHAT_ROLLUP_POINTS_FILE";

const DEADLY = parsePoints(process.env[KILL_POINT_VARIABLE] ?? "");
const RECORD = process.env[POINTS_FILE_VARIABLE];

const reached = new Map<string, number>();
let replacement: ((point: string) => void) | undefined;

/**
 * Marks an instant at which what is on disk, what was sent and what is in memory differ. Nothing happens there unless a test has named the point: then the
 * process ends at once, as by `kill -9`, with nothing tidied up.
 */
export function pointReached(point: string): void {
  if (replacement !== undefined) return replacement(point);
  if (RECORD !== undefined) appendFileSync(RECORD, `${point}\n`);
  if (DEADLY === undefined) return;
  const times = (reached.get(point) ?? 0) + 1;
  reached.set(point, times);
  if (DEADLY.get(point)?.has(times)) die();
}

/** Calls `hook` at every point, in place of what the environment asks for, until what it gives is called. */
export function onPoint(hook: (point: string) => void): () => void {
  replacement = hook;
  return () => {
    replacement = undefined;
  };
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered to this process in its own time: nothing may be done until then.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** At which times each point is deadly; undefined if none is. */
function parsePoints(text: string): ReadonlyMap<string, ReadonlySet<number>> | undefined {
  if (text === "") return undefined;
  const points = new Map<string, Set<number>>();
  for (const named of text.split(",")) {
    const [name, times = "1"] = named.split(":");
    points.set(name, (points.get(name) ?? new Set()).add(Number(times)));
  }
  return points;
}
