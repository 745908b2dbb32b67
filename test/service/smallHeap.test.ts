import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { SmallHeap } from "../../plugin/service/smallHeap.js";
import type { HeapPeak } from "./smallHeapProgram.js";

const PROGRAM = fileURLToPath(new URL("smallHeapProgram.ts", import.meta.url));
const MIB = 2 ** 20;

/** In a process of its own: what V8 may take is said when one is started. */
async function peak(how: "small" | "free"): Promise<HeapPeak> {
  const execArgv = ["--import", "tsx/esm", "--max-semi-space-size=64"];
  const [bytes] = (await once(fork(PROGRAM, [how], { execArgv }), "message")) as [HeapPeak];
  return bytes;
}

describe("a heap that is kept small", function () {
  this.timeout(120_000);

  it("has a young generation as large as a node needs, where V8 would take more, and less in all", async () => {
    const [small, free] = [await peak("small"), await peak("free")];
    expect(small.young / MIB).to.be.within(16, 48);
    expect(free.young / MIB).to.be.above(48);
    expect(small.all).to.be.below(free.all);
  });

  it("begins without what was left behind before", () => {
    const sizes: number[] = [];
    let left: object[] = Array.from({ length: 400_000 }, (_, index) => ({ index, of: [index] }));
    sizes.push(process.memoryUsage().heapTotal, left.length);
    left = [];
    const heap = new SmallHeap();
    expect(process.memoryUsage().heapTotal).to.be.below(sizes[0] - 10 * MIB);
    expect(heap.young).to.be.below(16 * MIB);
    expect(left).to.have.length(0);
    heap.release();
  });
});
