import { expect } from "chai";
import { keccak256 } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { claimId, Disputes, STATUS, type Claim } from "../helpers/disputes.js";
import { claimsOf } from "../helpers/honestParty.js";
import { historyData, historyOpening, historyRoot } from "../helpers/histories.js";
import { settlementFixture, words } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture({ stepBits: 12, batchBudget: 4000n });

async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  await chain.batch(words(40));
  const truth = await disputes.truth();
  const lie = new FalseTrace(truth, 20n);
  const [liar, honest, other] = chain.people;
  const assertion = await disputes.assert(liar, lie);
  return { chain, disputes, truth, lie, liar, honest, other, assertion };
}

describe("claims", () => {
  it("take exactly the bond of their level", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const { states } = disputes.firstClaim(assertion.id, truth);
    const rollup = chain.rollup.connect(honest);
    for (const value of [0n, chain.claimBond(1) - 1n, chain.claimBond(2)]) {
      await expect(rollup.claimAgainstAssertion(assertion.id, historyData(states), { value }))
        .to.be.revertedWithCustomError(rollup, "WrongBond")
        .withArgs(value, chain.claimBond(1));
    }
    const first = await disputes.claim(honest, assertion.id, truth);
    const { claim, states: answer } = disputes.answerTo(first, lie);
    const [a, b] = [first.states[claim.index], first.states[claim.index + 1]];
    const opening = historyOpening(first.states, claim.index);
    await expect(
      chain.rollup
        .connect(liar)
        .claimAgainstClaim(first.claim, claim.index, a, b, opening, historyData(answer), { value: chain.claimBond(1) }),
    )
      .to.be.revertedWithCustomError(rollup, "WrongBond")
      .withArgs(chain.claimBond(1), chain.claimBond(2));
  });

  it("are stored in one slot, counted against their opponent and told in full", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const second = await disputes.answer(liar, first, lie);
    const record = await chain.rollup.claimRecord(first.id);
    expect([record.author, record.pending, record.status]).to.deep.equal([honest.address, 1n, STATUS.open]);
    expect(await chain.rollup.pendingClaims(assertion.id)).to.equal(1n);
    const told = await claimsOf(chain);
    expect(told.map(({ claim, states }) => ({ claim, states }))).to.deep.equal([
      { claim: first.claim, states: first.states },
      { claim: second.claim, states: second.states },
    ]);
  });

  it("must end in another state than what they are against", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    await expect(disputes.claim(honest, assertion.id, lie))
      .to.be.revertedWithCustomError(chain.rollup, "NoDisagreement")
      .withArgs(lie.hashAt(1n << 18n));
    const first = await disputes.claim(honest, assertion.id, truth);
    await expect(disputes.answer(liar, first, truth, 0)).to.be.revertedWithCustomError(chain.rollup, "NoDisagreement");
  });

  it("hold as many states as their bitmap says, no more and no less", async () => {
    const { chain, disputes, truth, assertion, honest } = await start();
    const value = chain.claimBond(1);
    const data = historyData(disputes.firstClaim(assertion.id, truth).states);
    const rollup = chain.rollup.connect(honest);
    for (const given of [
      `${data}00`,
      data.slice(0, -2),
      `${data}${"00".repeat(32)}`,
      data.slice(0, -64),
      "0x",
      "0x00",
    ]) {
      await expect(rollup.claimAgainstAssertion(assertion.id, given, { value })).to.be.revertedWithCustomError(
        chain.parts.history,
        "WrongHistoryLength",
      );
    }
  });

  it("are refused twice, whoever sends them and however they are written down", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar, other } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    await expect(disputes.claim(other, assertion.id, truth))
      .to.be.revertedWithCustomError(chain.rollup, "DuplicateClaim")
      .withArgs(first.id);
    const spelledOut = `0x${"00".repeat(8)}${first.states
      .slice(1)
      .map((state) => state.slice(2))
      .join("")}`;
    await expect(chain.rollup.claimAgainstAssertion(assertion.id, spelledOut, { value: chain.claimBond(1) }))
      .to.be.revertedWithCustomError(chain.rollup, "DuplicateClaim")
      .withArgs(first.id);
    const second = await disputes.answer(liar, first, lie);
    await expect(disputes.answer(other, first, lie))
      .to.be.revertedWithCustomError(chain.rollup, "DuplicateClaim")
      .withArgs(second.id);
  });

  it("may answer a claim in any number", async () => {
    const { chain, disputes, truth, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    for (let k = 0; k < 5; k++) await disputes.answer(liar, first, new FalseTrace(truth, 0n, `lie ${k}`), k);
    expect((await chain.rollup.claimRecord(first.id)).pending).to.equal(5n);
  });

  it("must open what they are against, at the index that they name", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar, other } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const foreign = await disputes.claim(other, assertion.id, new FalseTrace(truth, 1n, "other"));
    const { states: answer } = disputes.answerTo(first, lie, 5);
    const value = chain.claimBond(2);
    const attempt = (index: number, a: Hex, b: Hex, opening: Hex, against: Claim = first.claim) =>
      expect(
        chain.rollup
          .connect(liar)
          .claimAgainstClaim(against, index, a, b, opening, historyData([a, ...answer.slice(1)]), { value }),
      ).to.be;
    const s = [...first.states];
    s[5] = keccak256("0x05") as Hex;
    const states = first.states;
    const right = historyOpening(states, 5);
    await attempt(5, s[5], states[6], right).revertedWithCustomError(chain.parts.history, "WrongOpening");
    await attempt(5, states[5], s[5], right).revertedWithCustomError(chain.parts.history, "WrongOpening");
    await attempt(5, states[5], states[6], historyOpening(foreign.states, 5)).revertedWithCustomError(
      chain.parts.history,
      "WrongOpening",
    );
    await attempt(5, foreign.states[5], foreign.states[6], historyOpening(foreign.states, 5)).revertedWithCustomError(
      chain.parts.history,
      "WrongOpening",
    );
    await attempt(6, states[5], states[6], right).revertedWithCustomError(chain.parts.history, "WrongOpeningLength");
    await attempt(64, states[5], states[6], right)
      .revertedWithCustomError(chain.rollup, "IndexOutOfRange")
      .withArgs(64, 64);
    await attempt(0, s[5], states[1], historyOpening(states, 0))
      .revertedWithCustomError(chain.rollup, "WrongState")
      .withArgs(s[5], first.claim.start);
  });

  it("name a claim that exists by all of its fields", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const second = await disputes.answer(liar, first, lie);
    const changes: Partial<Claim>[] = [
      { assertion: first.id },
      { opponent: assertion.id },
      { level: 1 },
      { index: second.claim.index + 1 },
      { position: second.claim.position + 1n },
      { start: first.id },
      { history: first.claim.history },
    ];
    for (const change of changes) {
      const claim = { ...second.claim, ...change };
      await expect(disputes.answer(honest, { ...second, claim }, truth, 3))
        .to.be.revertedWithCustomError(chain.rollup, "UnknownClaim")
        .withArgs(claimId(claim));
    }
  });

  it("end at the last level", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const claims = await disputes.descend(await disputes.claim(honest, assertion.id, truth), [
      [liar, lie],
      [honest, truth],
    ]);
    const last = claims[2];
    const { states } = last;
    await expect(
      chain.rollup
        .connect(liar)
        .claimAgainstClaim(last.claim, 0, states[0], states[1], historyOpening(states, 0), historyData(states), {
          value: 0,
        }),
    )
      .to.be.revertedWithCustomError(chain.rollup, "LastLevel")
      .withArgs(3);
  });

  it("against an assertion need one that is pending", async () => {
    const { chain, disputes, truth, lie, assertion, honest, other } = await start();
    const unknown = keccak256("0x");
    const data = historyData(disputes.firstClaim(assertion.id, truth).states);
    const value = chain.claimBond(1);
    await expect(chain.rollup.claimAgainstAssertion(unknown, data, { value }))
      .to.be.revertedWithCustomError(chain.rollup, "UnknownAssertion")
      .withArgs(unknown);
    await expect(chain.rollup.claimAgainstAssertion(chain.genesis, data, { value }))
      .to.be.revertedWithCustomError(chain.rollup, "DisputeClosed")
      .withArgs(chain.genesis);
    const first = await disputes.claim(honest, assertion.id, truth);
    await chain.after(2 * 24 * 3600);
    await disputes.resolve(first);
    await expect(disputes.claim(other, assertion.id, new FalseTrace(lie, 2n, "more")))
      .to.be.revertedWithCustomError(chain.rollup, "DisputeClosed")
      .withArgs(assertion.id);
  });

  it("against an assertion are closed when its parent is rejected", async () => {
    const { chain, disputes, truth, assertion, honest, liar } = await start();
    await chain.batch(words(1));
    const child = await disputes.assert(liar, await disputes.truth(assertion.id, truth), assertion.id);
    const first = await disputes.claim(honest, assertion.id, truth);
    await chain.after(2 * 24 * 3600);
    await disputes.resolve(first);
    await expect(disputes.claim(honest, child.id, new FalseTrace(truth, 0n, "any")))
      .to.be.revertedWithCustomError(chain.rollup, "DisputeClosed")
      .withArgs(child.id);
  });

  it("made through another contract are as visible as all others", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const { claim, states, value } = disputes.answerTo(first, lie);
    const wrapper = await chain.ethers.deployContract("Wrapper");
    const call = chain.rollup.interface.encodeFunctionData("claimAgainstClaim", [
      first.claim,
      claim.index,
      first.states[claim.index],
      first.states[claim.index + 1],
      historyOpening(first.states, claim.index),
      historyData(states),
    ]);
    await wrapper.connect(liar).forward(await chain.rollup.getAddress(), call, { value });
    const [, seen] = await claimsOf(chain);
    expect({ claim: seen.claim, states: seen.states }).to.deep.equal({ claim, states });
    expect(historyRoot(seen.states)).to.equal(claim.history);
    const record = await chain.rollup.claimRecord(seen.id);
    expect(record.author).to.equal(await wrapper.getAddress());
    await disputes.answer(honest, seen, truth);
  });
});
