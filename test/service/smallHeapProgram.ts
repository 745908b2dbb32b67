import { setImmediate } from "node:timers/promises";

import { SmallHeap } from "../../plugin/service/smallHeap.js";

/** What a heap had at most, in bytes. */
export interface HeapPeak {
  readonly young: number;
  readonly all: number;
}

/** Leaves much behind that has lived for a while, as requests do. */
async function litter(isSmall: boolean): Promise<HeapPeak> {
  const heap = new SmallHeap();
  if (!isSmall) heap.release();
  let [young, all] = [0, 0];
  const alive: unknown[][] = [];
  for (let round = 0; round < 300; round++) {
    alive[round % 8] = Array.from({ length: 20_000 }, (_, item) => ({ item, of: [round, item] }));
    await setImmediate();
    young = Math.max(young, heap.young);
    all = Math.max(all, process.memoryUsage().heapTotal);
  }
  return { young, all };
}

process.send?.(await litter(process.argv[2] === "small"));
process.disconnect();
