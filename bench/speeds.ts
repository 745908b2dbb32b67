/** Steps of the flat machine in a second, on each engine. */
export interface Speeds {
  /** Whole inputs or calls, on V8 with steps counted. */
  readonly jit: number;
  readonly stepper: number;
  /** The same module and the same host functions on V8 as they are. */
  readonly v8: number;
  /** Undefined where there is none. */
  readonly native: number | undefined;
}

/** Runs of each kind of work at least, and the seconds that they are given; the fastest counts, since others use this machine, too. */
export const RUNS = 7;
const PATIENCE = 2;

/** Seconds that the fastest run of each took; turn by turn, so that a busy moment hits all. A run gives its own seconds. */
export function fastest(...work: (() => number)[]): number[] {
  const best = work.map(() => Infinity);
  const start = performance.now();
  for (let run = 0; run < RUNS || performance.now() - start < PATIENCE * 1000; run++) {
    work.forEach((once, index) => (best[index] = Math.min(best[index], once())));
  }
  return best;
}

/** Seconds that some work takes. */
export function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
