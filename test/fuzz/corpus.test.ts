import { expect } from "chai";

import { canonicalizeNaNs } from "./canonicalNaNs.js";
import { compareEngines, EnginesDiffer } from "./compare.js";
import { readCorpus } from "./corpus.js";

describe("the corpus of generated programs", function () {
  this.timeout(120_000);

  for (const [kind, count] of [
    ["integers", 500],
    ["floats", 500],
  ] as const) {
    it(`runs on the machine as on V8: results, traps, memory and globals, with ${kind}`, () => {
      const entries = readCorpus(kind);
      expect(entries.length).to.be.at.least(count);
      const total = { calls: 0, traps: 0, steps: 0, exhausted: 0 };
      for (const { seed, module } of entries) {
        const native = kind === "floats" ? canonicalizeNaNs(module) : module;
        const { calls, traps, steps, exhausted } = compareEngines(module, seed, native);
        total.calls += calls;
        total.traps += traps;
        total.steps += steps;
        total.exhausted += exhausted;
      }
      expect(total.steps).to.be.greaterThan(10_000_000);
      expect(total.traps)
        .to.be.greaterThan(1_000)
        .and.lessThan(total.calls / 2);
      expect(total.exhausted).to.be.lessThan(10);
    });
  }

  it("tells NaNs apart: without the machine's rule V8 computes others", () => {
    const differing = readCorpus("floats").filter(({ seed, module }) => {
      try {
        compareEngines(module, seed);
        return false;
      } catch (error) {
        if (error instanceof EnginesDiffer) return true;
        throw error;
      }
    });
    expect(differing.length).to.be.greaterThan(50);
  });
});
