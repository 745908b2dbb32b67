import { expect } from "chai";

import { addComparison, compareEngines, EnginesDiffer, noComparison } from "./compare.js";
import { readCorpus } from "./corpus.js";
import { nativeModule } from "./generate.js";

describe("the corpus of generated programs", function () {
  this.timeout(120_000);

  for (const [kind, count] of [
    ["integers", 500],
    ["floats", 500],
    ["references", 250],
  ] as const) {
    it(`runs on V8 as it is, step by step and as whole inputs: results, traps, steps, memory and globals, with ${kind}`, () => {
      const entries = readCorpus(kind);
      expect(entries.length).to.be.at.least(count);
      const total = noComparison();
      for (const { seed, module } of entries) {
        addComparison(total, compareEngines(module, seed, nativeModule(module, kind)));
      }
      expect(total.steps).to.be.greaterThan(10_000_000);
      expect(total.traps)
        .to.be.greaterThan(1_000)
        .and.lessThan(total.calls / 2);
      expect(total.stopped).to.be.greaterThan(entries.length * 5);
      expect(total.exhausted + total.left).to.be.lessThan(10);
    });
  }

  it("tells NaNs apart: without the machine's rule V8 computes others", () => {
    const some = readCorpus("floats").filter((_, index) => index % 5 === 0);
    const differing = some.filter(({ seed, module }) => {
      try {
        compareEngines(module, seed);
        return false;
      } catch (error) {
        if (error instanceof EnginesDiffer) return true;
        throw error;
      }
    });
    expect(differing.length).to.be.greaterThan(10);
  });
});
