import { expect } from "chai";

import { compareEngines } from "./compare.js";
import { readCorpus } from "./corpus.js";

describe("the corpus of generated programs", function () {
  this.timeout(120_000);

  it("runs on the machine as on V8: results, traps, memory and globals", () => {
    const entries = readCorpus();
    expect(entries.length).to.be.at.least(500);
    const total = { calls: 0, traps: 0, steps: 0, exhausted: 0 };
    for (const { seed, module } of entries) {
      const { calls, traps, steps, exhausted } = compareEngines(module, seed);
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
});
