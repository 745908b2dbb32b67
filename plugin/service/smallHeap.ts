import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the young generation needs, in bytes: what a round or a request leaves behind is dead by the time that it is full. */
const ENOUGH = 2 ** 25;
/** By how many percent of what lives the old generation may grow before it is looked through. */
const GROWTH = 25;
/** What V8's `gc` takes: it gives the machine all the memory that it can. */
const GIVE_BACK = { type: "major", flavor: "last-resort", execution: "sync" };

/**
 * Keeps V8's heap at what a node needs. Where a machine has much memory V8 takes much: 128 MiB for what was just allocated, and several times what lives before it
 * looks for what does not. A process cannot be told when it is started by somebody else; but how the heap grows is looked at each time that it is collected.
 */
export class SmallHeap {
  private readonly observer = new PerformanceObserver(() => this.regulate());

  /** Begins with none of what starting the process has left behind. */
  public constructor() {
    setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
    giveBack();
    this.observer.observe({ entryTypes: ["gc"] });
    this.regulate();
  }

  /** What the young generation has of the machine's memory now, in bytes. */
  public get young(): number {
    return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
  }

  /** Leaves it to V8 again. */
  public release(): void {
    this.observer.disconnect();
    setFlagsFromString("--heap-growing-percent=0");
    letYoungGrow(true);
  }

  /** What was shrunk while there was little to do may grow again. */
  private regulate(): void {
    letYoungGrow(this.young < ENOUGH);
  }
}

/** V8 has its `gc` only where it is asked for. */
function giveBack(): void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: typeof GIVE_BACK) => void;
  setFlagsFromString("--no-expose-gc");
  gc(GIVE_BACK);
}

function letYoungGrow(grows: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
}
