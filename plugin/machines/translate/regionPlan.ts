import type { FrontEnd, Unit } from "./frontEnd.js";

/** Between two functions that are aligned; what is longer is data. */
const MOST_PADDING = 7;

/** Units that follow each other with one way in and one way out. */
export interface Block<U extends Unit = Unit> {
  readonly units: readonly U[];
  /** The place behind the last unit. */
  readonly end: number;
}

/** What is translated as one function: blocks by ascending place. */
export interface RegionPlan<U extends Unit = Unit> {
  readonly blocks: readonly Block<U>[];
  /** Number of the block that begins at a place. */
  readonly numbers: ReadonlyMap<number, number>;
  /** Places where control comes from elsewhere. */
  readonly entries: readonly number[];
}

/** Plans the region of a place: what can be reached from where it begins without leaving the places that follow. */
export function planRegion<U extends Unit>(frontEnd: FrontEnd<U>, place: number): RegionPlan<U> {
  return new Planner(frontEnd, frontEnd.regionStart(place)).run(place);
}

class Planner<U extends Unit> {
  private readonly units = new Map<number, U>();
  private readonly leaders = new Set<number>();
  private readonly entries = new Set<number>();
  /** Behind what never goes on to them: where jumps through tables lead, and other functions. */
  private readonly orphans: number[] = [];
  private readonly pending: number[] = [];

  constructor(
    private readonly frontEnd: FrontEnd<U>,
    private readonly start: number,
  ) {}

  run(place: number): RegionPlan<U> {
    this.enter(this.start);
    this.enter(place);
    this.explore();
    for (let orphan = this.orphans.pop(); orphan !== undefined; orphan = this.orphans.pop()) this.adopt(orphan);
    const blocks = this.blocks();
    const numbers = new Map(blocks.map(({ units }, index) => [units[0].place, index]));
    return { blocks, numbers, entries: [...this.entries].filter((place) => numbers.has(place)).sort((a, b) => a - b) };
  }

  /** Takes in what stands behind a jump, if it looks like code. */
  private adopt(orphan: number): void {
    let place = orphan;
    while (place < orphan + MOST_PADDING && this.frontEnd.isPadding(place)) place++;
    if (this.units.has(place) || this.frontEnd.isPadding(place)) return;
    if (this.frontEnd.unit(place)?.flow.kind === "outside") return;
    this.enter(place);
    this.explore();
  }

  private enter(place: number): void {
    this.entries.add(place);
    this.lead(place);
  }

  private lead(place: number): void {
    this.leaders.add(place);
    this.pending.push(place);
  }

  private explore(): void {
    for (let place = this.pending.pop(); place !== undefined; place = this.pending.pop()) {
      while (this.visit(place)) place = this.follow(this.units.get(place)!);
    }
  }

  /** Takes in the unit at a place, if it is new and within reach. */
  private visit(place: number): boolean {
    const end = this.start + this.frontEnd.reach;
    if (place < this.start || place >= end || this.units.has(place)) return false;
    const unit = this.frontEnd.unit(place);
    if (unit === undefined || place + unit.length > end) return false;
    this.units.set(place, unit);
    return true;
  }

  /** The place behind a unit, if control goes on there; its other ways are noted. */
  private follow({ place, length, flow }: U): number {
    const behind = place + length;
    if (flow.kind === "next") return behind;
    if (flow.kind === "branch") {
      this.target(place, flow.target);
      this.leaders.add(behind);
      return behind;
    }
    if (flow.kind === "jump") this.target(place, flow.target);
    if (flow.kind === "switch") flow.targets.forEach((target) => this.target(place, target));
    const returns = flow.kind === "outside" || (flow.kind !== "switch" && flow.returns);
    if (returns) this.enter(behind);
    else if (!this.frontEnd.framed) this.orphans.push(behind);
    return -1;
  }

  /** Who goes back begins a loop, where what was left in its midst is taken up again. */
  private target(from: number, place: number): void {
    if (place <= from && place >= this.start) this.enter(place);
    else this.lead(place);
  }

  private blocks(): Block<U>[] {
    const blocks: Block<U>[] = [];
    let units: U[] = [];
    let end = -1;
    const close = (): void => {
      if (units.length > 0) blocks.push({ units, end });
      units = [];
    };
    for (const unit of [...this.units.values()].sort((a, b) => a.place - b.place)) {
      if (unit.place < end) continue;
      if (unit.place !== end || this.leaders.has(unit.place)) close();
      units.push(unit);
      end = unit.place + unit.length;
      if (unit.flow.kind !== "next") close();
    }
    close();
    return blocks;
  }
}
