import { expect } from "chai";

import { ASSERTION, Disputes, STATUS, type Made } from "../helpers/disputes.js";
import { DAY, HOUR, settlementFixture, words, type Settlement } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture({ stepBits: 18, batchBudget: 4000n });

async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  await chain.batch(words(40));
  const truth = await disputes.truth();
  const lie = new FalseTrace(truth, 20n);
  const [liar, honest] = chain.people;
  const assertion = await disputes.assert(liar, lie);
  return { chain, disputes, truth, lie, liar, honest, assertion };
}

async function createdAt(chain: Settlement, made: Made): Promise<bigint> {
  return (await chain.rollup.claimRecord(made.id)).createdAt;
}

describe("clocks", () => {
  it("let claims against an assertion come until the last second of the longest window", async () => {
    const { chain, disputes, truth, assertion, honest } = await start();
    const closes = (await chain.rollup.assertion(assertion.id)).createdAt + BigInt(chain.options.window);
    await chain.at(closes);
    await expect(disputes.claim(honest, assertion.id, truth))
      .to.be.revertedWithCustomError(chain.rollup, "TooLate")
      .withArgs(closes);
    await chain.at(closes - 1n);
    const first = await disputes.claim(honest, assertion.id, truth);
    await chain.at(closes);
    await expect(chain.rollup.confirm(assertion.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    expect(await chain.rollup.deadlineOf(first.id)).to.equal(closes - 1n + BigInt(chain.options.bank));
  });

  it("are one bank for each side of a branch, and the least response when it is used up", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const [bank, least] = [BigInt(chain.options.bank), BigInt(chain.options.minResponse)];
    const first = await disputes.claim(honest, assertion.id, truth);
    const t1 = await createdAt(chain, first);
    await chain.at(t1 + 10n * BigInt(HOUR));
    const second = await disputes.answer(liar, first, lie);
    const t2 = await createdAt(chain, second);
    expect(await chain.rollup.deadlineOf(second.id)).to.equal(t2 + bank);
    await chain.at(t2 + 47n * BigInt(HOUR));
    const third = await disputes.answer(honest, second, truth);
    const t3 = await createdAt(chain, third);
    // The liar took ten hours for its answer to the first.
    expect(await chain.rollup.deadlineOf(third.id)).to.equal(t3 + bank - 10n * BigInt(HOUR));
    await chain.at(t3 + 5n * BigInt(HOUR));
    const fourth = await disputes.answer(liar, third, lie);
    const t4 = await createdAt(chain, fourth);
    // The honest party has one hour of its bank left, less than the least response.
    expect(await chain.rollup.deadlineOf(fourth.id)).to.equal(t4 + least);
    expect((await chain.rollup.claimRecord(fourth.id)).spent).to.equal(47n * BigInt(HOUR));
  });

  it("take an answer at the last second on every level and none after it", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    let last = await disputes.claim(honest, assertion.id, truth);
    for (let level = 2; level <= chain.levels; level++) {
      const [author, trace] = level % 2 === 0 ? ([liar, lie] as const) : ([honest, truth] as const);
      const deadline = await chain.rollup.deadlineOf(last.id);
      await chain.at(deadline);
      await expect(disputes.answer(author, last, trace))
        .to.be.revertedWithCustomError(chain.rollup, "TooLate")
        .withArgs(deadline);
      await chain.at(deadline - 1n);
      await expect(disputes.resolve(last)).to.be.revertedWithCustomError(chain.rollup, "TooEarly").withArgs(deadline);
      await chain.at(deadline - 1n);
      last = await disputes.answer(author, last, trace);
    }
    const deadline = await chain.rollup.deadlineOf(last.id);
    await chain.at(deadline);
    await expect(disputes.prove(honest, last, truth)).to.be.revertedWithCustomError(chain.rollup, "TooLate");
    await chain.at(deadline - 1n);
    await disputes.prove(honest, last, truth);
    expect(await disputes.status(last)).to.equal(STATUS.refuted);
  });

  it("end a dispute of which every move is made at the last second within two banks and the least responses", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const claims = [await disputes.claim(honest, assertion.id, truth)];
    const begins = await createdAt(chain, claims[0]);
    for (let level = 2; level <= chain.levels; level++) {
      const [author, trace] = level % 2 === 0 ? ([liar, lie] as const) : ([honest, truth] as const);
      await chain.at((await chain.rollup.deadlineOf(claims[0].id)) - 1n);
      claims.unshift(await disputes.answer(author, claims[0], trace));
    }
    const ends = await chain.rollup.deadlineOf(claims[0].id);
    const { bank, minResponse } = chain.options;
    expect(ends - begins <= BigInt(2 * bank + (chain.levels - 1) * minResponse)).to.equal(true);
    await chain.at(ends - 1n);
    await disputes.prove(honest, claims[0], truth);
    await chain.at(ends);
    await disputes.resolve(...claims.slice(1));
    expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.countered);
  });

  it("decide a claim at its deadline, not before, and once", async () => {
    const { chain, disputes, truth, assertion, honest } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const deadline = await chain.rollup.deadlineOf(first.id);
    await chain.at(deadline - 1n);
    await expect(disputes.resolve(first)).to.be.revertedWithCustomError(chain.rollup, "TooEarly").withArgs(deadline);
    await chain.at(deadline);
    await disputes.resolve(first);
    expect(await disputes.status(first)).to.equal(STATUS.standing);
    await expect(disputes.resolve(first))
      .to.be.revertedWithCustomError(chain.rollup, "ClaimDecided")
      .withArgs(first.id, STATUS.standing);
  });

  it("let no claim be decided while answers to it are", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    await chain.after(2 * DAY - 10);
    await disputes.answer(liar, first, lie);
    await chain.after(HOUR);
    await expect(disputes.resolve(first))
      .to.be.revertedWithCustomError(chain.rollup, "AnswersPending")
      .withArgs(first.id, 1);
  });

  it("let nobody answer, prove or resolve what is decided", async () => {
    const { chain, disputes, truth, lie, assertion, honest, liar } = await start();
    const first = await disputes.claim(honest, assertion.id, truth);
    const second = await disputes.answer(liar, first, lie);
    const third = await disputes.answer(honest, second, truth);
    await chain.after(3 * DAY);
    await disputes.resolve(third, second, first);
    for (const made of [first, second, third]) {
      const status = await disputes.status(made);
      await expect(disputes.answer(liar, made, new FalseTrace(truth, 0n, "late"), 0))
        .to.be.revertedWithCustomError(chain.rollup, "ClaimDecided")
        .withArgs(made.id, status);
    }
  });
});
