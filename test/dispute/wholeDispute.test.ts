import { expect } from "chai";

import { deployTestChain, LOOP, loops } from "../helpers/chains.js";
import { inEveryMode } from "../helpers/modes.js";
import { onEachNetwork, type Connect } from "../helpers/networks.js";
import type { TestChain } from "../../plugin/testing/testChain.js";

/** A chain of which the first assertion covers one input of some thousand steps. */
async function runningChain(connect?: Connect): Promise<TestChain> {
  const chain = await deployTestChain({}, undefined, connect);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(700));
  await sequencer.postBatch();
  return chain;
}

onEachNetwork("a whole dispute", (connect) => {
  it("about 2^48 positions ends with one step on chain, in nine rounds", async () => {
    const chain = await runningChain(connect);
    const honest = await chain.honest();
    const liar = await chain.liar({ seed: 3 });
    const lie = await liar.assert();
    const figures = await chain.playDispute([honest, liar]);
    expect(figures).to.include({ levels: 8, rounds: 9, transactions: 10, winner: "honest" });
    expect(honest.challenger.proved.map(({ position }) => position)).to.deep.equal([liar.lieAt]);
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
    expect(Number(figures.gas.total)).to.be.lessThan(1_600_000);
  });
});

inEveryMode("a whole dispute that no committee shortens", (deploy) => {
  it("leaves the true rival to be confirmed, and pays the honest party", async () => {
    const mode = await deploy(LOOP);
    const { chain } = mode;
    const sequencer = await mode.sequencer();
    sequencer.submit(loops(700));
    await sequencer.postBatch();
    const honest = await chain.honest();
    const liar = await chain.liar({ seed: 5 });
    await liar.assert();
    const truth = await honest.assert();
    const figures = await chain.playDispute([liar, honest]);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    const liarBonds = liar.challenger.spending.value + chain.config.bonds.assertion;
    const gained = honest.challenger.spending.received - honest.challenger.spending.value;
    expect(gained > liarBonds / 2n, `gained ${gained} of ${liarBonds}`).to.equal(true);
  });
});

describe("a whole dispute", () => {
  for (const [inputBits, stepBits] of [
    [6, 6],
    [6, 12],
    [12, 12],
    [6, 24],
  ]) {
    const levels = (inputBits + stepBits) / 6;
    it(`of ${levels} levels is won by the truth, whoever makes the last claim`, async () => {
      const config = { inputBits, stepBits, inputBudget: { batch: 2 ** 6 - 1, message: 20 } };
      const chain = await deployTestChain(stepBits === 6 ? config : { inputBits, stepBits });
      const sequencer = await chain.sequencer();
      sequencer.submit(loops(stepBits === 6 ? 2 : 100));
      await sequencer.postBatch();
      const honest = await chain.honest();
      const liar = await chain.liar({ seed: levels });
      await liar.assert();
      const truth = await honest.assert();
      const figures = await chain.playDispute([honest, liar]);
      expect(figures).to.include({ levels, winner: "honest" });
      expect(chain.node.assertions.confirmed.id).to.equal(truth);
    });
  }
});
