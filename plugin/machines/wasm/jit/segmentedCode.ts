import { checkAndCount, count } from "./counting.js";
import type { ModuleIndices } from "./moduleIndices.js";

/** An instruction that V8 may trap at. */
export interface TrapPoint {
  /** Steps that were counted before they were taken. */
  readonly ahead: number;
  /** Its number in the flat code. */
  readonly at: number;
}

/** A function's code, and its trap points by their offset in it. */
export interface EmittedFunction {
  readonly bytes: number[];
  readonly points: ReadonlyMap<number, TrapPoint>;
}

/** Code that runs from its first to its last instruction unless it traps; all its steps are counted at its head. */
interface Segment {
  cost: number;
  /** Whether the budget is checked before. */
  readonly checked: boolean;
}

/** Stands in the code before an instruction that may trap. */
class Mark {
  constructor(
    readonly segment: Segment,
    readonly cost: number,
    readonly at: number,
  ) {}
}

/** Code in the making, in segments: what one costs is known at its end, and counted at its head. */
export class SegmentedCode {
  private readonly items: (number | Segment | Mark)[] = [];
  private segment: Segment = { cost: 0, checked: false };

  put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.items.push(byte);
  }

  /** Takes over code as it is. */
  copy(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) this.items.push(bytes[at]);
  }

  /** Steps of the current segment. */
  cost(steps: number): void {
    this.segment.cost += steps;
  }

  /** @param checked Whether it ends here if the budget is used up. */
  start(checked: boolean, cost = 0): void {
    this.segment = { cost, checked };
    this.items.push(this.segment);
  }

  /** Says that the next instruction may trap, and is number `at` of the flat code. Its own steps are counted already. */
  mark(at: number): void {
    this.items.push(new Mark(this.segment, this.segment.cost, at));
  }

  /**
   * @param head What stands before the code, as it is.
   * @param local An i64 that checks may use.
   */
  finish(head: readonly number[], local: number, indices: ModuleIndices): EmittedFunction {
    const bytes = [...head];
    const points = new Map<number, TrapPoint>();
    for (const item of this.items) {
      if (typeof item === "number") bytes.push(item);
      else if (item instanceof Mark) points.set(bytes.length, { ahead: item.segment.cost - item.cost, at: item.at });
      else {
        const { cost, checked } = item;
        for (const byte of checked ? checkAndCount(cost, local, indices) : count(cost, indices)) bytes.push(byte);
      }
    }
    return { bytes, points };
  }
}
