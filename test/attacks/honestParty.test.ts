import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";

import type { Hex } from "../../plugin/hex.js";
import { FabricatedTrace } from "../../plugin/testing/fabricatedTrace.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { LOOP, loops } from "../helpers/chains.js";
import { gainOf, SMALL } from "./chains.js";
import { WatchedSigner } from "./signers.js";

const ETHER = 10n ** 18n;

async function start() {
  const connection = await network.create();
  const chain = await connection.rollup.deploy(SMALL, LOOP);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(60));
  await sequencer.postBatch();
  return { connection, chain, truth: await truthOf(chain) };
}

async function truthOf(chain: TestChain) {
  await chain.node.sync();
  const { confirmed } = chain.node.assertions;
  return chain.node.executor.trace(confirmed.end, confirmed.next);
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function skippedBy(party: Party): string[] {
  return party.events.flatMap((event) => (event.type === "skipped" ? [event.reason] : []));
}

describe("an honest party that is attacked off the settlement layer's contracts", () => {
  it("goes on when an adversary copies each of its transactions and has the copy mined first", async () => {
    const { chain } = await start();
    const thief = await chain.stranger();
    const copied: Hex[] = [];
    const account = await chain.stranger();
    const signer = new WatchedSigner(account, async ({ to, data, value }) => {
      const sent = await thief.sendTransaction({ to, data, value });
      copied.push(sent.hash as Hex);
      await sent.wait();
    });
    const honest = await chain.honest({ signer: signer as unknown as HardhatEthersSigner });
    const liar = await chain.liar({ seed: 4 });
    const lie = await liar.assert();
    const figures = await chain.playDispute([honest, liar]);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
    expect(copied.length).to.be.greaterThan(3);
    // What the thief said in its place was true, so it lost nothing but the transactions that were refused.
    expect(gainOf(honest)).to.equal(0n);
    expect(skippedBy(honest).length).to.be.greaterThan(2);
  });

  it("proves, resolves and collects what it can where it cannot pay for every answer", async () => {
    const { connection, chain, truth } = await start();
    const honest = await chain.honest();
    const assertion = await honest.assert();
    const liar = await chain.fabricator({ from: 1n, salt: "first" });
    for (let k = 0; k < 4; k++) {
      await liar.claimAgainst(assertion, new FabricatedTrace(truth, { from: BigInt(1 + k), salt: `flood ${k}` }));
    }
    // Enough for one of four answers at a time.
    const account = await honest.signer.getAddress();
    await connection.provider.request({
      method: "hardhat_setBalance",
      params: [account, `0x${(ETHER / 10n + ETHER / 20n).toString(16)}`],
    });
    expect(await failureOf(honest.act())).to.have.property("code", "INSUFFICIENT_FUNDS");
    await chain.node.sync();
    const answers = chain.node.claims.all().filter(({ claim }) => claim.level === 2);
    expect(answers.length).to.equal(1);
    // The clock of its one answer runs out; what that wins pays for the next.
    await chain.timeTravel.to(answers[0].deadline - 60n);
    await liar.claimAgainst(assertion, new FabricatedTrace(truth, { from: 9n, salt: "late" }));
    await chain.timeTravel.to(answers[0].deadline);
    expect(await failureOf(honest.act())).to.have.property("code", "INSUFFICIENT_FUNDS");
    await chain.node.sync();
    expect(chain.node.claims.get(answers[0].id).status).to.equal("standing");
    const { actions } = await honest.act();
    expect(actions.map(({ action }) => action)).to.deep.equal(["collect", "claim"]);
  });

  it("tries again what was refused once, since the reason may have been a node that lagged behind", async () => {
    const { chain } = await start();
    let refusals = 1;
    const signer = new WatchedSigner(await chain.stranger(), async () => Promise.resolve());
    const estimate = signer.estimateGas.bind(signer);
    signer.estimateGas = async (transaction) => {
      if (refusals-- > 0) throw Object.assign(new Error("execution reverted"), { code: "CALL_EXCEPTION" });
      return estimate(transaction);
    };
    const honest = await chain.honest({ signer: signer as unknown as HardhatEthersSigner });
    const liar = await chain.liar({ seed: 4 });
    await liar.assert();
    expect((await honest.act()).actions).to.deep.equal([]);
    expect((await honest.act()).actions.map(({ action }) => action)).to.deep.equal(["claim"]);
  });

  it("answers first what has the least time left", async () => {
    const { chain, truth } = await start();
    const honest = await chain.honest();
    const assertion = await honest.assert();
    const liar = await chain.fabricator({ from: 1n, salt: "old" });
    await liar.claimAgainst(assertion);
    await chain.node.sync();
    const [first] = chain.node.claims.against(assertion);
    await chain.timeTravel.to(first.deadline - 60n);
    await honest.act();
    // New claims have the whole bank; on the branch on which the party was late, its next answer has the least time there is.
    for (const salt of ["a", "b", "c"]) {
      await liar.claimAgainst(assertion, new FabricatedTrace(truth, { from: 2n, salt }));
    }
    await chain.node.sync();
    await liar.answer(first.answers[0], 0);
    const claims = (await honest.act()).actions.filter(({ action }) => action === "claim").map(({ text }) => text);
    expect(claims.map((text) => text.slice(0, "claim at level 4".length))).to.deep.equal([
      "claim at level 4",
      "claim at level 2",
      "claim at level 2",
      "claim at level 2",
    ]);
  });
});
