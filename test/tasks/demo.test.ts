import { expect } from "chai";
import hre from "hardhat";

import { resolveChain } from "../../plugin/config/resolve.js";
import { Console } from "../../plugin/console/console.js";
import { runDemo } from "../../plugin/demo.js";
import type { CommitteeDemoResult } from "../../plugin/committeeDemoResult.js";
import type { DemoResult } from "../../plugin/demo.js";
import { Project } from "./project.js";

const SEEDS = 12;
const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Where a mode has its batches while its members answer. */
const WHERE = { anytrust: "committee", "short-window": "calldata" } as const;

describe("rollup:demo", function () {
  this.timeout(240_000);

  it("prints one JSON object with the story's figures", async () => {
    const project = await Project.create();
    const { dispute, withdrawal, ...rest } = await project.json<DemoResult>("rollup:demo --seed 7");
    await project.close();
    expect(rest).to.include({ mode: "rollup", machine: "wasm", guest: "ledger", confirmed: true });
    expect(rest.steps).to.be.greaterThan(10_000);
    // Under 60 on a machine of its own (`npm run demo` says); others run here, too.
    expect(rest.seconds).to.be.lessThan(200);
    expect(dispute).to.include({ history: "blob", levels: 4, rounds: 5, winner: "honest" });
    expect(dispute.gas.total).to.equal(dispute.gas.honest + dispute.gas.dishonest);
    expect(dispute.stepGas).to.be.greaterThan(21_000);
    expect(withdrawal).to.deep.equal({ wei: "2500000000000000000", paid: true });
  });

  for (const mode of ["anytrust", "short-window"] as const) {
    it(`tells of a committee that vouches, falls silent and lies, in mode ${mode}`, async () => {
      const project = await Project.create();
      const result = await project.json<CommitteeDemoResult>(`rollup:demo --mode ${mode} --seed 3`);
      await project.close();
      const { together, silent, lie, ...rest } = result;
      expect(rest).to.deep.include({ mode, confirmed: true, committee: { size: 6, honest: 2, quorum: 5 } });
      expect(rest.withdrawal).to.deep.equal({ wei: "2500000000000000000", paid: true });
      expect(rest.seconds).to.be.lessThan(60);
      const window = mode === "anytrust" ? 0 : HOUR;
      expect([together.source, silent.source]).to.deep.equal([WHERE[mode], "calldata"]);
      expect(together.attesters).to.be.at.least(5);
      expect(together.secondsToFinality).to.be.within(window, window + 60);
      expect(silent.attesters).to.equal(0);
      expect(silent.secondsToFinality).to.be.within(7 * DAY, 7 * DAY + 60);
      // In anytrust a quorum of liars is what is trusted not to be; in short-window it is disputed within the window.
      const signers = mode === "anytrust" ? 4 : 5;
      expect(lie).to.include({ winner: "honest", signers, quorum: mode === "short-window", slashed: signers });
      expect(lie.secondsToClaim).to.be.lessThan(HOUR);
      expect(BigInt(lie.reward) + BigInt(lie.burned)).to.equal(BigInt(signers) * 10n ** 18n);
    });
  }

  it("refuses a mode that is planned, or unknown, or a chain's and another", async () => {
    const project = await Project.create();
    const said = async (options: string): Promise<string> => (await project.run(`rollup:demo ${options}`)).stderr;
    expect(await said("--mode validium")).to.contain("is planned, but not built yet");
    expect(await said("--mode validum")).to.contain("expected one of rollup, anytrust");
    expect(await said("--mode rollup --chain ledger")).to.contain("has a mode of its own");
    await project.close();
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
