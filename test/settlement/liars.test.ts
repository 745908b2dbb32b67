import { expect } from "chai";

import { ASSERTION, Disputes, STATUS, type MadeAssertion } from "../helpers/disputes.js";
import { claimsOf, heldBonds, HonestParty, resolveAll } from "../helpers/honestParty.js";
import { DAY, HOUR, settlementFixture, words, type Settlement } from "../helpers/settlement.js";
import { FalseTrace, type Trace } from "../helpers/traces.js";

const deploy = settlementFixture({ stepBits: 12, batchBudget: 4000n });

async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  await chain.batch(words(40));
  const truth = await disputes.truth();
  return { chain, disputes, truth, honest: chain.people[0], liars: chain.people.slice(1, 6) };
}

/** Every liar contradicts everything that is not its own word, once, with its own lie; at most `limit` moves. */
async function lieAll(
  chain: Settlement,
  disputes: Disputes,
  liars: [Settlement["people"][number], Trace][],
  limit = 12,
) {
  let moves = 0;
  const claims = await claimsOf(chain);
  for (const made of claims) {
    for (const [liar, lie] of liars) {
      if (moves === limit) return;
      const { level, position } = made.claim;
      if (level === chain.levels || (await disputes.status(made)) !== STATUS.open) continue;
      const own = disputes.statesOf(lie, level, position);
      if (made.states.every((state, k) => k === 0 || state === own[k])) continue;
      const index = disputes.firstDifference(made, lie);
      const answer = disputes.answerTo(made, lie, index);
      if (
        answer.states[64] === made.states[index + 1] ||
        claims.some(({ claim }) => claim.history === answer.claim.history)
      )
        continue;
      await disputes.answer(liar, made, lie, index);
      moves++;
    }
  }
}

async function settle(chain: Settlement, assertions: readonly MadeAssertion[]): Promise<void> {
  for (const { id } of assertions) {
    if ((await chain.rollup.assertion(id)).status === ASSERTION.pending) await chain.rollup.reject(id);
  }
  for (const made of await claimsOf(chain)) {
    if ((await chain.rollup.claimRecord(made.id)).status === STATUS.open) await chain.rollup.reclaim([made.claim]);
  }
}

describe("one honest party", () => {
  it("beats five liars at once, of whom three assert and all claim against everything, and is paid for it", async () => {
    const { chain, disputes, truth, honest, liars } = await start();
    const lies = liars.map(
      (liar, k) => [liar, new FalseTrace(truth, [3n, 20n, 41n, 42n, 5000n][k], `lie ${k}`)] as const,
    );
    const own = await disputes.assert(honest, truth);
    const false_: MadeAssertion[] = [];
    for (const [liar, lie] of lies.slice(0, 3)) false_.push(await disputes.assert(liar, lie));
    for (const [liar, lie] of lies) await disputes.claim(liar, own.id, lie);
    for (const [liar, lie] of lies.slice(3)) await disputes.claim(liar, false_[0].id, lie);
    const party = new HonestParty(disputes, honest, truth);
    const ids = [own, ...false_].map(({ id }) => id);
    for (let round = 0; round < 3; round++) {
      await party.act(ids);
      await chain.after(HOUR);
      await lieAll(
        chain,
        disputes,
        lies.map(([liar, lie]) => [liar, lie]),
      );
      await chain.after(HOUR);
    }
    while ((await party.act(ids)) > 0);
    const spent = await spentBy(chain, honest.address);
    await chain.after(7 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    for (const { id } of false_) expect((await chain.rollup.assertion(id)).status).to.equal(ASSERTION.countered);
    await chain.rollup.confirm(own.id);
    expect(await chain.rollup.latestConfirmed()).to.equal(own.id);
    await settle(chain, false_);
    expect(await heldBonds(chain)).to.equal(0n);
    expect((await chain.rollup.credit(honest.address)) > spent).to.equal(true);
    for (const made of await claimsOf(chain)) {
      const record = await chain.rollup.claimRecord(made.id);
      if (record.author !== honest.address) continue;
      expect(record.status === STATUS.standing || record.status === STATUS.reclaimed).to.equal(true);
    }
  });

  it("beats a liar who answers every level at once with many histories", async () => {
    const { chain, disputes, truth, honest, liars } = await start();
    const own = await disputes.assert(honest, truth);
    for (let k = 0; k < 6; k++) {
      await disputes.claim(liars[0], own.id, new FalseTrace(truth, BigInt(1 + 4096 * k), `flood ${k}`));
    }
    const party = new HonestParty(disputes, honest, truth);
    await party.act([own.id]);
    for (const made of (await claimsOf(chain)).filter(({ claim }) => claim.level === 2)) {
      for (let k = 0; k < 3; k++)
        await disputes.answer(liars[0], made, new FalseTrace(truth, made.claim.position, `deep ${k}`), 5 * k);
    }
    while ((await party.act([own.id])) > 0);
    await chain.after(7 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    await chain.rollup.confirm(own.id);
    for (const made of await claimsOf(chain)) {
      const { author, status } = await chain.rollup.claimRecord(made.id);
      const lost = status === STATUS.settled || status === STATUS.refuted;
      expect(lost).to.equal(author !== honest.address);
    }
    expect(await heldBonds(chain)).to.equal(0n);
  });

  it("is not hurt by who claims wrongly against a wrong assertion", async () => {
    const { chain, disputes, truth, honest, liars } = await start();
    const [asserter, wrong] = liars;
    const lie = await disputes.assert(asserter, new FalseTrace(truth, 20n));
    const other = new FalseTrace(truth, 41n, "other");
    const attack = await disputes.claim(wrong, lie.id, other);
    const party = new HonestParty(disputes, honest, truth);
    await party.act([lie.id]);
    // The two liars fight each other as well.
    await disputes.answer(asserter, attack, lie.trace);
    while ((await party.act([lie.id])) > 0);
    const spent = await spentBy(chain, honest.address);
    await chain.after(7 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    expect((await chain.rollup.assertion(lie.id)).status).to.equal(ASSERTION.countered);
    expect(await disputes.status(attack)).to.equal(STATUS.settled);
    expect((await chain.rollup.credit(honest.address)) > spent).to.equal(true);
    expect(await heldBonds(chain)).to.equal(0n);
  });

  it("loses a truth that it does not defend, and has it confirmed in another attempt", async () => {
    const { chain, disputes, truth, honest, liars } = await start();
    const own = await disputes.assert(honest, truth);
    await disputes.claim(liars[0], own.id, new FalseTrace(truth, 20n));
    await chain.after(3 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    expect((await chain.rollup.assertion(own.id)).status).to.equal(ASSERTION.countered);
    const again = await disputes.assert(honest, truth, chain.genesis, 1);
    await disputes.claim(liars[0], again.id, new FalseTrace(truth, 20n));
    const party = new HonestParty(disputes, honest, truth);
    while ((await party.act([again.id])) > 0);
    await chain.after(8 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    await chain.rollup.confirm(again.id);
    expect(await chain.rollup.latestConfirmed()).to.equal(again.id);
  });

  it("wins while inputs keep coming", async () => {
    const { chain, disputes, truth, honest, liars } = await start();
    const own = await disputes.assert(honest, truth);
    const lie = new FalseTrace(truth, 5000n);
    let last = await disputes.claim(liars[0], own.id, lie);
    for (let level = 2; level <= chain.levels; level++) {
      await chain.batch(words(3, level));
      last = level % 2 === 0 ? await disputes.answer(honest, last, truth) : await disputes.answer(liars[0], last, lie);
    }
    await disputes.prove(honest, last, truth);
    await chain.after(8 * DAY);
    await chain.networkHelpers.mine();
    await resolveAll(chain);
    await chain.rollup.confirm(own.id);
    expect((await chain.rollup.assertion(own.id)).status).to.equal(ASSERTION.confirmed);
  });
});

/** The bonds that an account has left. */
async function spentBy(chain: Settlement, account: string): Promise<bigint> {
  let spent = 0n;
  for (const { args } of await chain.rollup.queryFilter(chain.rollup.filters.AssertionMade(), 0)) {
    if (args.author === account) spent += chain.options.assertionBond;
  }
  for (const { args } of await chain.rollup.queryFilter(chain.rollup.filters.ClaimMade(), 0)) {
    if (args.author === account) spent += chain.claimBond(Number(args.claim[2]));
  }
  return spent;
}
