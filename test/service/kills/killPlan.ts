/** A point of a day: the n-th time that any of its processes comes there. */
export interface Target {
  readonly point: string;
  readonly occurrence: number;
}

/** An instant of a process's life. */
export interface Instant {
  /** In milliseconds since it was started. */
  readonly after: number;
  /** It is asked to stop then, and killed so many milliseconds later; at once if absent. */
  readonly leaving?: number;
}

/** When one process is killed: at a point or at an instant, whatever comes first. */
export interface Kill {
  /** As a process is told. */
  readonly at: string | undefined;
  readonly instant: Instant | undefined;
}

/** When a day's processes are killed. Points that a day does not come to are not waited for. */
export interface KillPlan {
  readonly targets: readonly Target[];
  /** Of the first process, the second and so on; `null` lives until it comes to a point, or until the day is over. */
  readonly instants: readonly (Instant | null)[];
}

/** Nobody is killed. */
export const NO_KILLS: KillPlan = { targets: [], instants: [] };

/**
 * When the next process is killed.
 * @param passed How often each point was reached so far. @param process How many processes there were before.
 */
export function nextKill({ targets, instants }: KillPlan, passed: ReadonlyMap<string, number>, process: number): Kill {
  const ahead = targets.flatMap(({ point, occurrence }) => {
    const left = occurrence - (passed.get(point) ?? 0);
    return left > 0 ? [`${point}:${left}`] : [];
  });
  const instant = instants[process] ?? undefined;
  return { at: ahead.length === 0 ? undefined : ahead.join(","), instant };
}

/** How often each is among some. */
export function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
