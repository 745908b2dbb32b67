import type { Random } from "../../fuzz/random.js";
import { countEach, type Instant, type KillPlan, type Target } from "./killPlan.js";

/** Of a process's life: while it starts, while it catches up, and while it works, in milliseconds. */
const SPANS = [
  { from: 1, to: 1_500 },
  { from: 1_500, to: 3_000 },
  { from: 3_000, to: 10_000 },
] as const;
/** One instant of so many is that of a process that was asked to stop just before. */
const LEAVING_ONE_IN = 4;
const LONGEST_LEAVING = 300;

/** How often each point of a day was killed at, by its name and its occurrence. */
export type Coverage = Map<string, number>;

/**
 * When a day's processes are killed: half of them at the points that were killed at least often, of every name some, half at any instant.
 * @param points Those of a day on which nobody was killed, in their order.
 */
export function planDay(random: Random, points: readonly string[], coverage: Coverage, kills: number): KillPlan {
  const targets = chooseTargets(random, targetsOf(points), coverage, kills >> 1);
  const instants = Array.from({ length: kills }, () => (random.below(2) === 0 ? null : drawInstant(random)));
  return { targets, instants };
}

/** The name of a point and an occurrence. */
export function nameOf({ point, occurrence }: Target): string {
  return `${point}:${occurrence}`;
}

function targetsOf(points: readonly string[]): Target[] {
  return [...countEach(points)].flatMap(([point, count]) =>
    Array.from({ length: count }, (_, place) => ({ point, occurrence: place + 1 })),
  );
}

/** Names take turns, so that those that are reached seldom come as often as those that are reached in every round. */
function chooseTargets(random: Random, all: readonly Target[], coverage: Coverage, count: number): Target[] {
  const drawn = all.map((target) => ({ target, kills: coverage.get(nameOf(target)) ?? 0, lot: random.next() }));
  drawn.sort((a, b) => a.kills - b.kills || a.lot - b.lot);
  const turns = new Map<string, number>();
  const placed = drawn.map((each) => {
    const turn = turns.get(each.target.point) ?? 0;
    turns.set(each.target.point, turn + 1);
    return { ...each, turn };
  });
  placed.sort((a, b) => a.turn - b.turn || a.kills - b.kills || a.lot - b.lot);
  return placed.slice(0, count).map(({ target }) => target);
}

function drawInstant(random: Random): Instant {
  const { from, to } = SPANS[random.below(SPANS.length)];
  const after = from + random.below(to - from);
  if (random.below(LEAVING_ONE_IN) !== 0) return { after };
  return { after, leaving: random.below(LONGEST_LEAVING) };
}
