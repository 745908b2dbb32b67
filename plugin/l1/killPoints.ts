/** Names the point at which the process is to be killed: `<point>`, or `<point>:<n>` for the n-th time that it is reached. */
export const KILL_POINT_VARIABLE = "HARDHAT_ROLLUP_KILL_AT";

let reached = 0;
let replacement: ((point: string) => void) | undefined;

/**
 * Marks an instant at which what is on disk, what was sent and what is in memory differ. Nothing happens there unless a test has named the point: then the
 * process ends at once, as by `kill -9`, with nothing tidied up.
 */
export function pointReached(point: string): void {
  if (replacement !== undefined) return replacement(point);
  const named = process.env[KILL_POINT_VARIABLE];
  if (named === undefined) return;
  const [name, times = "1"] = named.split(":");
  if (name !== point || ++reached < Number(times)) return;
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered to this process in its own time: nothing may be done until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Calls `hook` at every point, in place of what the environment asks for, until what it gives is called. */
export function onPoint(hook: (point: string) => void): () => void {
  replacement = hook;
  return () => {
    replacement = undefined;
  };
}
