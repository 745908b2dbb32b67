import { expect } from "chai";

import { ASSERTION, Disputes, STATUS } from "../helpers/disputes.js";
import { heldBonds } from "../helpers/honestParty.js";
import { DAY, settlementFixture, words } from "../helpers/settlement.js";
import { FalseTrace, type Trace } from "../helpers/traces.js";

const deploy = settlementFixture({ stepBits: 12, batchBudget: 4000n });
const BURNED = 1000n;
const PROVER = 500n;

const lessBurned = (bond: bigint) => bond - (bond * BURNED) / 10_000n;

async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  await chain.batch(words(40));
  const truth = await disputes.truth();
  const lie = new FalseTrace(truth, 20n);
  const [liar, honest, other, prover] = chain.people;
  const credit = async (account: { address: string }) => chain.rollup.credit(account.address);
  return { chain, disputes, truth, lie, liar, honest, other, prover, credit };
}

describe("bonds", () => {
  it("of a false assertion and of every false answer go to who answered them, less the burned share", async () => {
    const { chain, disputes, truth, lie, liar, honest, credit } = await start();
    const assertion = await disputes.assert(liar, lie);
    const claims = await disputes.descend(await disputes.claim(honest, assertion.id, truth), [
      [liar, lie],
      [honest, truth],
    ]);
    await chain.after(3 * DAY);
    const receipt = await disputes.resolve(...[...claims].reverse());
    const own = chain.claimBond(1) + chain.claimBond(3);
    const won = lessBurned(chain.options.assertionBond) + lessBurned(chain.claimBond(2));
    expect(await credit(honest)).to.equal(own + won);
    expect(await credit(liar)).to.equal(0n);
    const burned = ((chain.options.assertionBond + chain.claimBond(2)) * BURNED) / 10_000n;
    await expect(chain.ethers.provider.getTransaction(receipt.hash)).to.emit(chain.rollup, "Burned").withArgs(burned);
    expect(await heldBonds(chain)).to.equal(0n);
    await chain.rollup.withdrawCredit(honest.address);
    await expect(chain.rollup.withdrawCredit(honest.address))
      .to.be.revertedWithCustomError(chain.rollup, "NothingToWithdraw")
      .withArgs(honest.address);
    expect(await chain.ethers.provider.getBalance(await chain.rollup.getAddress())).to.equal(burned);
  });

  it("of a refuted claim go to who was attacked, a share to who proved the step", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, prover, credit } = await start();
    const assertion = await disputes.assert(honest, truth);
    const first = await disputes.claim(liar, assertion.id, lie);
    const answer = await disputes.answer(honest, first, truth);
    const attack = await disputes.answer(other, answer, lie);
    await disputes.prove(prover, attack, truth);
    const bond = chain.claimBond(3);
    const share = (bond * PROVER) / 10_000n;
    expect(await credit(prover)).to.equal(share);
    expect(await credit(honest)).to.equal(bond - share - (bond * BURNED) / 10_000n);
  });

  it("of a countered claim go to the lowest index, whoever stands first", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, credit } = await start();
    const assertion = await disputes.assert(liar, lie);
    const decoy = await disputes.claim(other, assertion.id, new FalseTrace(truth, 3n * 4096n, "decoy"));
    const late = await disputes.answer(liar, decoy, new FalseTrace(truth, 0n, "late"), 10);
    await chain.after(10);
    const early = await disputes.answer(honest, decoy, truth);
    expect(early.claim.index).to.equal(2);
    await chain.after(3 * DAY);
    await disputes.resolve(late, decoy);
    expect(await disputes.status(decoy)).to.equal(STATUS.countered);
    expect(await credit(liar)).to.equal(chain.claimBond(2));
    await disputes.resolve(early, decoy);
    expect(await disputes.status(decoy)).to.equal(STATUS.settled);
    expect(await credit(honest)).to.equal(chain.claimBond(2) + lessBurned(chain.claimBond(1)));
    expect(await credit(liar)).to.equal(chain.claimBond(2));
  });

  it("of a countered claim go to the earliest of those with the lowest index", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, credit } = await start();
    const assertion = await disputes.assert(liar, lie);
    const decoy = await disputes.claim(other, assertion.id, new FalseTrace(truth, 3n * 4096n, "decoy"));
    const early = await disputes.answer(honest, decoy, truth);
    const late = await disputes.answer(liar, decoy, new FalseTrace(truth, 0n, "late"), early.claim.index);
    await chain.after(3 * DAY);
    await disputes.resolve(late, decoy);
    await disputes.resolve(early, decoy);
    expect(await credit(honest)).to.equal(chain.claimBond(2) + lessBurned(chain.claimBond(1)));
    expect(await credit(liar)).to.equal(chain.claimBond(2));
  });

  it("of a liar cannot be saved by answers of its own", async () => {
    const { chain, disputes, truth, lie, liar, honest, credit } = await start();
    const assertion = await disputes.assert(honest, truth);
    const attack = await disputes.claim(liar, assertion.id, lie);
    // The liar is first to answer itself, at the index of the truth and above it.
    const own = await disputes.answer(liar, attack, new FalseTrace(truth, 0n, "own"), 0);
    const above = await disputes.answer(liar, attack, new FalseTrace(truth, 0n, "above"), 9);
    const answer = await disputes.answer(honest, attack, truth);
    const counter = await disputes.answer(honest, own, truth);
    await chain.after(3 * DAY);
    await disputes.resolve(above, attack);
    await disputes.resolve(counter, own, attack);
    await disputes.resolve(answer, attack);
    expect(await disputes.status(attack)).to.equal(STATUS.settled);
    const expected =
      chain.claimBond(2) + chain.claimBond(3) + lessBurned(chain.claimBond(1)) + lessBurned(chain.claimBond(2));
    expect(await credit(honest)).to.equal(expected);
    expect(await credit(liar)).to.equal(chain.claimBond(2));
    await chain.after(7 * DAY);
    await chain.rollup.confirm(assertion.id);
    expect(await heldBonds(chain)).to.equal(0n);
  });

  it("of a false assertion are not won by a decoy with the right end and a false interior that came first", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, credit } = await start();
    const assertion = await disputes.assert(liar, lie);
    const end = 1n << 18n;
    const interior = (position: bigint) => position > 0n && position < end;
    const decoyTrace: Trace = {
      end: truth.end,
      stateAt: (position) => truth.stateAt(position),
      hashAt: (position) => (interior(position) ? lie.hashAt(end) : truth.hashAt(position)),
    };
    const decoy = await disputes.claim(other, assertion.id, decoyTrace);
    await chain.after(100);
    const first = await disputes.claim(honest, assertion.id, truth);
    expect(decoy.id).to.not.equal(first.id);
    expect(decoy.states[64]).to.equal(first.states[64]);
    const answer = await disputes.answer(honest, decoy, truth);
    await chain.after(3 * DAY);
    await disputes.resolve(first);
    expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.countered);
    expect(await credit(honest)).to.equal(chain.claimBond(1));
    await disputes.resolve(answer, decoy);
    const won = lessBurned(chain.claimBond(1)) + lessBurned(chain.options.assertionBond);
    expect(await credit(honest)).to.equal(chain.claimBond(1) + chain.claimBond(2) + won);
    expect(await heldBonds(chain)).to.equal(0n);
  });

  it("of an assertion go to an earlier claim that is decided later", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, credit } = await start();
    const assertion = await disputes.assert(liar, lie);
    const first = await disputes.claim(honest, assertion.id, truth);
    const answer = await disputes.answer(liar, first, lie);
    const second = await disputes.claim(other, assertion.id, new FalseTrace(truth, 2n ** 17n, "second"));
    const third = await disputes.answer(honest, answer, truth);
    await chain.after(3 * DAY);
    await disputes.resolve(second);
    expect(await credit(other)).to.equal(chain.claimBond(1));
    await disputes.resolve(third, answer, first);
    const won = lessBurned(chain.options.assertionBond) + lessBurned(chain.claimBond(2));
    expect(await credit(honest)).to.equal(chain.claimBond(1) + chain.claimBond(3) + won);
    expect(await credit(other)).to.equal(chain.claimBond(1));
  });

  it("of undecided claims go home when the assertion is confirmed, and only then", async () => {
    const { chain, disputes, truth, lie, liar, honest, other, credit } = await start();
    const assertion = await disputes.assert(honest, truth);
    const attack = await disputes.claim(liar, assertion.id, lie);
    const answer = await disputes.answer(honest, attack, truth);
    const better = await disputes.answer(other, attack, new FalseTrace(truth, 0n, "better"), 0);
    await chain.after(3 * DAY);
    await disputes.resolve(answer, attack);
    expect(await disputes.status(attack)).to.equal(STATUS.countered);
    await expect(chain.rollup.reclaim([better.claim]))
      .to.be.revertedWithCustomError(chain.rollup, "DisputeOpen")
      .withArgs(assertion.id);
    await chain.after(5 * DAY);
    await chain.rollup.confirm(assertion.id);
    await expect(disputes.resolve(better, attack)).to.be.revertedWithCustomError(chain.rollup, "DisputeClosed");
    await expect(chain.rollup.reclaim([better.claim]))
      .to.emit(chain.rollup, "ClaimReclaimed")
      .withArgs(better.id);
    expect(await credit(other)).to.equal(chain.claimBond(2));
    expect(await disputes.status(attack)).to.equal(STATUS.settled);
    const won = chain.options.assertionBond + chain.claimBond(2) + lessBurned(chain.claimBond(1));
    expect(await credit(honest)).to.equal(won);
    await expect(chain.rollup.reclaim([better.claim])).to.be.revertedWithCustomError(chain.rollup, "ClaimDecided");
    expect(await heldBonds(chain)).to.equal(0n);
  });

  it("stay credited to an account that refuses ether until it takes it", async () => {
    const { chain, truth, liar, credit } = await start();
    const wrapper = await chain.ethers.deployContract("Wrapper");
    const { end } = truth;
    const last = await chain.inbox.inputHash(0);
    const value = chain.options.assertionBond;
    const call = chain.rollup.interface.encodeFunctionData("assertState", [chain.genesis, 0, { ...end }, last]);
    await wrapper.connect(liar).forward(await chain.rollup.getAddress(), call, { value });
    await chain.after(7 * DAY);
    const [made] = (await chain.rollup.queryFilter(chain.rollup.filters.AssertionMade(), 0)).slice(-1);
    await chain.rollup.confirm(made.args.id);
    const account = { address: await wrapper.getAddress() };
    await wrapper.refuse(true);
    await expect(chain.rollup.withdrawCredit(account.address))
      .to.be.revertedWithCustomError(chain.rollup, "PaymentFailed")
      .withArgs(account.address, value);
    expect(await credit(account)).to.equal(value);
    await wrapper.refuse(false);
    await expect(chain.rollup.withdrawCredit(account.address)).to.changeEtherBalance(chain.ethers, wrapper, value);
  });

  it("are paid along a branch only to claims that follow from each other", async () => {
    const { chain, disputes, truth, lie, liar, honest, other } = await start();
    const assertion = await disputes.assert(liar, lie);
    const first = await disputes.claim(honest, assertion.id, truth);
    const foreign = await disputes.claim(other, assertion.id, new FalseTrace(truth, 2n ** 17n, "x"));
    const second = await disputes.answer(liar, first, lie);
    const third = await disputes.answer(honest, second, truth);
    await chain.after(3 * DAY);
    await expect(disputes.resolve(third, first))
      .to.be.revertedWithCustomError(chain.rollup, "NotOpponent")
      .withArgs(first.id, second.id);
    await expect(disputes.resolve(third, second, foreign))
      .to.be.revertedWithCustomError(chain.rollup, "NotOpponent")
      .withArgs(foreign.id, first.id);
    await expect(disputes.resolve(third))
      .to.be.revertedWithCustomError(chain.rollup, "OpponentMissing")
      .withArgs(third.id);
    await expect(disputes.resolve(first, foreign)).to.be.revertedWithCustomError(chain.rollup, "NotOpponent");
    await disputes.resolve(third, second);
    expect(await disputes.status(first)).to.equal(STATUS.open);
    await disputes.resolve(first);
    expect(await disputes.status(first)).to.equal(STATUS.standing);
  });
});
