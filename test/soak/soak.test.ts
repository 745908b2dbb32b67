import { expect } from "chai";

import { soak } from "./soak.js";

/** `npm run soak -- --minutes 10` is the same for longer. */
describe("a chain among kills, reorganizations and faults", function () {
  // Two minutes where nothing else runs.
  this.timeout(900_000);

  it("ends with the ledger that its users expect, every bond accounted for, and no lie confirmed", async () => {
    const told: string[] = [];
    const onProgress = (line: string): void => void told.push(line);
    const report = await soak({ seconds: 20, seed: 7, layer: "hardhat", users: 5, patience: 600, onProgress });
    expect(report.findings, told.join("\n")).to.deep.equal([]);
    expect(report.accepted).to.be.above(10);
    expect(report.kills).to.be.above(0);
    expect(report.reorganizations.length).to.be.above(0);
  });
});
