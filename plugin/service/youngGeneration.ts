import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** What the young generation needs, in bytes: what a round or a request leaves behind is dead by the time that it is full. */
const ENOUGH = 2 ** 25;

/**
 * Keeps V8's young generation from growing beyond what a node needs. Where a machine has much memory V8 takes 128 MiB for it, more than all that a node
 * knows; its size can only be set before a process starts, but whether it grows is looked at each time that it is collected.
 */
export class YoungGeneration {
  private readonly observer = new PerformanceObserver(() => this.regulate());

  public constructor() {
    this.observer.observe({ entryTypes: ["gc"] });
    this.regulate();
  }

  /** What it has of the machine's memory now, in bytes. */
  public get size(): number {
    return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
  }

  /** Leaves it to V8 again. */
  public release(): void {
    this.observer.disconnect();
    letGrow(true);
  }

  /** What was shrunk while there was little to do may grow again. */
  private regulate(): void {
    letGrow(this.size < ENOUGH);
  }
}

function letGrow(grows: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
}
