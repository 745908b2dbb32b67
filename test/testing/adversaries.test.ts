import { expect, use } from "chai";

import type { Hex } from "../../plugin/hex.js";
import { FabricatedTrace } from "../../plugin/testing/fabricatedTrace.js";
import { rollupMatchers } from "../../plugin/testing/matchers.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, loops } from "../helpers/chains.js";

use(rollupMatchers);

const SMALL = { inputBits: 6, stepBits: 18, bonds: { assertion: "1 ether", claims: "0.1 ether" } };

/** A chain with one input of some hundred steps, so that the first assertion has something to be about. */
async function runningChain(): Promise<TestChain> {
  const chain = await deployTestChain(SMALL);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(60));
  await sequencer.postBatch();
  return chain;
}

/** What an account has gained by all that it did, in wei, fees aside. */
function gainOf(party: Party): bigint {
  const { received, value } = party.challenger.spending;
  return received - value - party.validator.sender.spending.value;
}

function openClaims(chain: TestChain, assertion: Hex): number {
  return chain.node.claims.all().filter(({ claim, status }) => claim.assertion === assertion && status === "open")
    .length;
}

describe("an honest party", () => {
  it("defends its assertion against five liars at once, and refutes those of their own", async () => {
    const chain = await runningChain();
    const honest = await chain.honest();
    const liars = [await chain.liar({ seed: 11 }), await chain.liar({ seed: 12 }), await chain.liar({ seed: 13 })];
    const fabricators = [
      await chain.fabricator({ from: 5n, salt: "fourth" }),
      await chain.fabricator({ from: 200n, salt: "fifth" }),
    ];
    for (const liar of [...liars, fabricators[0]]) await liar.assert();
    const truth = await honest.assert();
    const parties = [...liars, ...fabricators, honest];
    const figures = await chain.playDispute(parties);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    expect(openClaims(chain, truth)).to.equal(0);
    expect(gainOf(honest) > 0n, `gained ${gainOf(honest)}`).to.equal(true);
    for (const liar of [...liars, ...fabricators]) expect(gainOf(liar) < 0n, liar.name).to.equal(true);
  });

  it("wins the bond of a false assertion although a decoy with the right end came first", async () => {
    const chain = await runningChain();
    const [honest, liar] = [await chain.honest(), await chain.liar({ seed: 4 })];
    const decoy = await chain.fabricator({ from: 1n, until: 1n << 17n, salt: "decoy" });
    const lie = await liar.assert();
    const stride = 1n << 18n;
    await decoy.claimAgainst(lie, new FabricatedTrace(await chainTruth(chain), { from: stride, until: 8n * stride }));
    const figures = await chain.playDispute([honest, liar]);
    expect(figures.winner).to.equal("honest");
    const [first] = chain.node.claims.against(lie);
    expect(first.status).to.equal("countered");
    expect(gainOf(honest) > 0n).to.equal(true);
  });

  it("takes the bond of a liar who answers its own claim to save it", async () => {
    const chain = await runningChain();
    const honest = await chain.honest();
    const truth = await honest.assert();
    const liar = await chain.fabricator({ from: 100n, salt: "liar" });
    await liar.claimAgainst(truth);
    await chain.node.sync();
    const [claim] = chain.node.claims.against(truth);
    const friend = await chain.fabricator({ from: 7n, salt: "friend" });
    await friend.answer(claim, 40);
    const figures = await chain.playDispute([honest, liar]);
    expect(figures.winner).to.equal("honest");
    expect(claim.answers.map(({ author }) => author).length).to.equal(2);
    expect(gainOf(honest) > 0n, `gained ${gainOf(honest)}`).to.equal(true);
    expect(gainOf(liar) < 0n).to.equal(true);
  });

  it("answers a flood of claims, one by one, and is paid for each", async () => {
    const chain = await runningChain();
    const honest = await chain.honest();
    const truth = await honest.assert();
    const flooder = await chain.flood(truth, 40);
    await expect(chain).to.have.openClaims(40);
    const figures = await chain.playDispute([honest]);
    expect(figures).to.include({ winner: "honest", levels: 2 });
    await expect(chain).to.have.confirmed(truth);
    await expect(chain).to.have.openClaims(0);
    expect(gainOf(honest) > 0n).to.equal(true);
    expect(flooder.challenger.spending.received).to.equal(0n);
  });

  it("does not double what another honest party has done, and both end at the truth", async () => {
    const chain = await runningChain();
    const [first, second, liar] = [await chain.honest(), await chain.honest(), await chain.liar({ seed: 8 })];
    await liar.assert();
    await first.assert();
    const figures = await chain.playDispute([first, second, liar]);
    expect(figures.winner).to.equal("honest");
    const ids = chain.node.claims.all().map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(first.events.concat(second.events).filter(({ type }) => type === "skipped")).to.deep.equal([]);
  });

  it("asserts a truth anew that was rejected while nobody defended it", async () => {
    const chain = await runningChain();
    const [absent, liar] = [await chain.honest({ name: "absent" }), await chain.liar({ seed: 6 })];
    const undefended = await absent.assert();
    expect(await chain.playDispute([liar])).to.include({ winner: "dishonest", levels: 1 });
    expect(chain.node.assertions.get(undefended).status).to.equal("countered");
    const honest = await chain.honest();
    const again = await honest.assert();
    expect(again).not.to.equal(undefended);
    expect(chain.node.assertions.get(again).attempt).to.equal(1n);
    expect((await chain.playDispute([honest, liar])).levels).to.equal(4);
    expect(chain.node.assertions.confirmed.id).to.equal(again);
  });

  it("lets a wrong claim against a wrong assertion be, where it does not begin in the truth, and still wins", async () => {
    const chain = await runningChain();
    const [honest, liar] = [await chain.honest(), await chain.liar({ seed: 9 })];
    const rival = await chain.fabricator({ from: 50n, salt: "rival" });
    const lie = await liar.assert();
    await rival.claimAgainst(lie);
    const figures = await chain.playDispute([liar, rival, honest]);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
    expect(gainOf(honest) > 0n).to.equal(true);
  });

  it("is not disturbed by inputs that come while an assertion is in dispute", async () => {
    const chain = await runningChain();
    const [honest, liar, sequencer] = [await chain.honest(), await chain.liar({ seed: 10 }), await chain.sequencer()];
    await liar.assert();
    const truth = await honest.assert();
    const figures = await chain.playDispute([liar, honest], {
      onTurn: async () => {
        sequencer.submit(loops(2));
        await sequencer.postBatch();
      },
    });
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
  });

  it("answers in time however late the other side moves, at every level", async () => {
    const chain = await runningChain();
    const [honest, liar] = [await chain.honest(), await chain.liar({ seed: 14 })];
    const lie = await liar.assert();
    const truth = await honest.assert();
    const started = await chain.chain.now();
    for (let level = 1; level <= 4; level++) {
      await honest.act();
      await chain.node.sync();
      const deadlines = chain.node.claims.all().filter(({ status }) => status === "open");
      const latest = deadlines.map(({ deadline }) => deadline).reduce((a, b) => (a < b ? a : b));
      await chain.timeTravel.to(latest - 30n);
      await liar.act();
    }
    const figures = await chain.playDispute([honest, liar]);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
    const { bank, minResponse, windows } = chain.chain.parameters;
    const bound = windows[0] + 2n * bank + 3n * minResponse;
    expect((await chain.chain.now()) - started <= bound + 3600n).to.equal(true);
  });
});

async function chainTruth(chain: TestChain) {
  await chain.node.sync();
  const { confirmed } = chain.node.assertions;
  return chain.node.executor.trace(confirmed.end, confirmed.next);
}
