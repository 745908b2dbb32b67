import { findLoops, type Loop } from "./loops.js";
import type { Block, RegionPlan } from "./regionPlan.js";

/** A loop that is entered elsewhere than at its head has control dispatched there, by the number of an entry; 0 is for the head. */
export interface RegionLoop extends Loop {
  dispatches: boolean;
}

/** Where jumps from outside come from. */
const OUTSIDE = -2;

/** How a region's blocks lie in each other: loops, and what is jumped to. */
export class RegionShape {
  readonly loops: readonly RegionLoop[];
  /** Blocks at which control is dispatched, and their numbers as entries, from 1 on. */
  readonly entries = new Map<number, number>();
  /** Blocks, and first blocks of loops, whereto something jumps over others. */
  readonly targets = new Set<number>();

  constructor(plan: RegionPlan) {
    const edges = [...edgesOf(plan)];
    this.loops = findLoops(edges).map((loop) => ({ ...loop, dispatches: false }));
    for (const place of plan.entries) {
      this.enter(plan.numbers.get(place)!);
      this.jump(OUTSIDE, plan.numbers.get(place)!);
    }
    for (const [from, to] of edges) this.jump(from, to);
  }

  /** The loop that a block begins. */
  loopAt(block: number): RegionLoop | undefined {
    return this.loops.find(({ first }) => first === block);
  }

  /** The entry's number that a jump has to have, undefined if no loop on its way asks for one. */
  entryFor(from: number, to: number): number | undefined {
    const asked = this.entered(from, to).filter(({ dispatches }) => dispatches);
    if (asked.length === 0) return undefined;
    return asked.some(({ first }) => first !== to) ? this.entries.get(to)! : 0;
  }

  private jump(from: number, to: number): void {
    for (const loop of this.entered(from, to)) {
      this.targets.add(loop.first);
      if (loop.first === to) continue;
      loop.dispatches = true;
      this.enter(to);
    }
    this.targets.add(to);
  }

  private enter(block: number): void {
    if (!this.entries.has(block)) this.entries.set(block, this.entries.size + 1);
  }

  /** The loops that a jump leads into, or whose head it comes to. */
  private entered(from: number, to: number): RegionLoop[] {
    return this.loops.filter((loop) => contains(loop, to) && (!contains(loop, from) || loop.first === to));
  }
}

export function contains({ first, last }: Loop, block: number): boolean {
  return first <= block && block <= last;
}

/** From one block to another; what only goes on to the next one is left out. */
function* edgesOf(plan: RegionPlan): Generator<readonly [from: number, to: number]> {
  for (const [from, block] of plan.blocks.entries()) {
    for (const place of jumpsOf(block)) {
      const to = plan.numbers.get(place);
      if (to !== undefined) yield [from, to];
    }
  }
}

function jumpsOf({ units }: Block): readonly number[] {
  const { flow } = units[units.length - 1];
  if (flow.kind === "branch" || flow.kind === "jump") return [flow.target];
  return flow.kind === "switch" ? flow.targets : [];
}
