import { expect } from "chai";
import hre from "hardhat";

import { resolveChain } from "../../plugin/config/resolve.js";
import { Console } from "../../plugin/console/console.js";
import { runDemo } from "../../plugin/demo.js";
import type { DemoResult } from "../../plugin/demo.js";
import { Project } from "./project.js";

const SEEDS = 24;

describe("rollup:demo", function () {
  this.timeout(240_000);

  it("prints one JSON object with the story's figures, within a minute", async () => {
    const project = await Project.create();
    const { dispute, withdrawal, ...rest } = await project.json<DemoResult>("rollup:demo --seed 7");
    await project.close();
    expect(rest).to.include({ mode: "rollup", machine: "wasm", guest: "ledger", confirmed: true });
    expect(rest.steps).to.be.greaterThan(10_000);
    expect(rest.seconds).to.be.lessThan(60);
    expect(dispute).to.include({ history: "blob", levels: 4, rounds: 5, winner: "honest" });
    expect(dispute.gas.total).to.equal(dispute.gas.honest + dispute.gas.dishonest);
    expect(dispute.stepGas).to.be.greaterThan(21_000);
    expect(withdrawal).to.deep.equal({ wei: "2500000000000000000", paid: true });
  });

  it("is won by the truth whatever the seed, over many classes of instructions", async () => {
    const lies: string[] = [];
    for (let seed = 100; seed < 100 + SEEDS; seed++) {
      const connection = await hre.network.create("default");
      const config = resolveChain("demo", { guest: "ledger", sequencer: 1, history: "calldata" }, process.cwd());
      const quiet = { write: () => true };
      const out = new Console(true, { stdout: quiet, stderr: quiet });
      const { dispute, confirmed, withdrawal } = await runDemo({ connection, config, seed, out });
      await connection.close();
      expect([dispute.winner, confirmed, withdrawal.paid], `seed ${seed}`).to.deep.equal(["honest", true, true]);
      lies.push(dispute.instruction);
    }
    expect(new Set(lies.map((text) => text.split(" ")[0])).size, lies.join("; ")).to.be.at.least(6);
  });
});
