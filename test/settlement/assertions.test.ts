import { expect } from "chai";
import { keccak256, ZeroHash } from "ethers";

import { hashMachineState } from "../../plugin/machines/state.js";
import { ASSERTION, Disputes } from "../helpers/disputes.js";
import { DAY, assertionId, settlementFixture, words } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture({ maxInputs: 3 });

async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  await chain.batch(words(5));
  const [alice, bob] = chain.people;
  return { chain, disputes, alice, bob, truth: await disputes.truth() };
}

describe("assertions", () => {
  it("begin with a confirmed genesis whose children cover one input", async () => {
    const chain = await deploy();
    expect(await chain.rollup.latestConfirmed()).to.equal(chain.genesis);
    const genesis = await chain.rollup.assertion(chain.genesis);
    expect([genesis.status, genesis.first, genesis.end, genesis.next]).to.deep.equal([ASSERTION.confirmed, 0n, 0n, 1n]);
  });

  it("take exactly the bond", async () => {
    const { chain, alice, truth } = await start();
    const bond = chain.options.assertionBond;
    const last = await chain.inbox.inputHash(0);
    for (const value of [0n, bond - 1n, bond + 1n]) {
      await expect(chain.rollup.connect(alice).assertState(chain.genesis, 0, { ...truth.end }, last, { value }))
        .to.be.revertedWithCustomError(chain.rollup, "WrongBond")
        .withArgs(value, bond);
    }
  });

  it("emit the whole state and keep its hash", async () => {
    const { chain, disputes, alice, truth } = await start();
    const made = await disputes.assert(alice, truth);
    const [event] = await chain.rollup.queryFilter(chain.rollup.filters.AssertionMade(made.id));
    expect([...event.args.state]).to.deep.equal(Object.values(truth.end));
    const stored = await chain.rollup.assertion(made.id);
    expect(stored.stateHash).to.equal(hashMachineState(truth.end));
    expect([stored.parent, stored.author, stored.status]).to.deep.equal([
      chain.genesis,
      alice.address,
      ASSERTION.pending,
    ]);
  });

  it("cover what was in the inbox when their parent was made, at least one input and at most the limit", async () => {
    const { chain, disputes, alice, truth } = await start();
    const first = await disputes.assert(alice, truth);
    expect((await chain.rollup.assertion(first.id)).next).to.equal(2n);
    for (let k = 0; k < 5; k++) await chain.batch(words(2, 10 * k));
    const firstTruth = await disputes.truth(first.id, truth);
    const second = await disputes.assert(alice, firstTruth, first.id);
    expect((await chain.rollup.assertion(second.id)).next).to.equal(5n);
    const third = await disputes.assert(alice, await disputes.truth(second.id, firstTruth), second.id);
    const stored = await chain.rollup.assertion(third.id);
    expect([stored.first, stored.end, stored.next]).to.deep.equal([2n, 5n, 6n]);
  });

  it("of the same state on the same parent are refused while one lives", async () => {
    const { chain, disputes, alice, bob, truth } = await start();
    const { id } = await disputes.assert(alice, truth);
    await expect(disputes.assert(bob, truth))
      .to.be.revertedWithCustomError(chain.rollup, "DuplicateAssertion")
      .withArgs(id);
    await expect(disputes.assert(bob, truth, chain.genesis, 1))
      .to.be.revertedWithCustomError(chain.rollup, "EarlierAttemptLives")
      .withArgs(0);
    await expect(disputes.assert(bob, truth, chain.genesis, 2))
      .to.be.revertedWithCustomError(chain.rollup, "EarlierAttemptLives")
      .withArgs(1);
  });

  it("need a parent that exists and is not rejected", async () => {
    const { chain, disputes, alice, bob, truth } = await start();
    const nowhere = keccak256("0x");
    const last = await chain.inbox.inputHash(0);
    const value = chain.options.assertionBond;
    await expect(chain.rollup.assertState(nowhere, 0, { ...truth.end }, last, { value }))
      .to.be.revertedWithCustomError(chain.rollup, "UnknownAssertion")
      .withArgs(nowhere);
    const lie = await disputes.assert(bob, new FalseTrace(truth, 3n));
    const claim = await disputes.claim(alice, lie.id, truth);
    await chain.after(8 * DAY);
    await disputes.resolve(claim);
    await chain.batch(words(1));
    await expect(disputes.assert(bob, await disputes.truth(lie.id), lie.id))
      .to.be.revertedWithCustomError(chain.rollup, "ParentClosed")
      .withArgs(lie.id, ASSERTION.countered);
  });

  it("neither skip nor repeat inputs, and wait", async () => {
    const { chain, alice, truth } = await start();
    const last = await chain.inbox.inputHash(0);
    const attempt = (change: object) =>
      expect(
        chain.rollup.connect(alice).assertState(chain.genesis, 0, { ...truth.end, ...change }, last, {
          value: chain.options.assertionBond,
        }),
      ).to.be;
    await attempt({ inputCount: 0n }).revertedWithCustomError(chain.rollup, "WrongInputCount").withArgs(0, 1);
    await attempt({ inputCount: 2n }).revertedWithCustomError(chain.rollup, "WrongInputCount").withArgs(2, 1);
    await attempt({ deadline: 7n }).revertedWithCustomError(chain.rollup, "StateNotWaiting").withArgs(ZeroHash, 7);
    await attempt({ checkpoint: last }).revertedWithCustomError(chain.rollup, "StateNotWaiting").withArgs(last, 0);
  });

  it("wait for their inputs, and name the last one as they saw it", async () => {
    const chain = await deploy();
    const disputes = new Disputes(chain);
    const state = (await disputes.truth()).end;
    const value = chain.options.assertionBond;
    const early = chain.rollup.assertState(chain.genesis, 0, { ...state, inputCount: 1n }, ZeroHash, { value });
    await expect(early).to.be.revertedWithCustomError(chain.rollup, "InputsMissing").withArgs(0, 1);
    await chain.batch(words(1));
    const truth = await disputes.truth();
    const found = await chain.inbox.inputHash(0);
    await expect(chain.rollup.assertState(chain.genesis, 0, { ...truth.end }, ZeroHash, { value }))
      .to.be.revertedWithCustomError(chain.rollup, "UnexpectedInput")
      .withArgs(ZeroHash, found);
  });

  it("are confirmed once the rule says so, once, and in order", async () => {
    const { chain, disputes, alice, truth } = await start();
    const first = await disputes.assert(alice, truth);
    const madeAt = (await chain.rollup.assertion(first.id)).createdAt;
    await chain.batch(words(2));
    const second = await disputes.assert(alice, await disputes.truth(first.id, truth), first.id);
    await chain.at(madeAt + BigInt(chain.options.window) - 1n);
    await expect(chain.rollup.confirm(first.id))
      .to.be.revertedWithCustomError(chain.rollup, "NotFinal")
      .withArgs(first.id);
    await chain.at(madeAt + BigInt(chain.options.window + DAY));
    await expect(chain.rollup.confirm(second.id))
      .to.be.revertedWithCustomError(chain.rollup, "ParentNotLatest")
      .withArgs(first.id, chain.genesis);
    await expect(chain.rollup.confirm(first.id)).to.emit(chain.rollup, "AssertionConfirmed").withArgs(first.id);
    await expect(chain.rollup.confirm(first.id))
      .to.be.revertedWithCustomError(chain.rollup, "NotPending")
      .withArgs(first.id, ASSERTION.confirmed);
    await chain.rollup.confirm(second.id);
    expect(await chain.rollup.latestConfirmed()).to.equal(second.id);
    await expect(chain.rollup.confirm(ZeroHash)).to.be.revertedWithCustomError(chain.rollup, "UnknownAssertion");
    expect(await chain.rollup.credit(alice.address)).to.equal(2n * chain.options.assertionBond);
    await expect(chain.rollup.withdrawCredit(alice.address)).to.changeEtherBalance(
      chain.ethers,
      alice,
      2n * chain.options.assertionBond,
    );
  });

  it("can be confirmed at the first second after the window", async () => {
    const { chain, disputes, alice, truth } = await start();
    const { id } = await disputes.assert(alice, truth);
    await chain.at((await chain.rollup.assertion(id)).createdAt + BigInt(chain.options.window));
    await chain.rollup.confirm(id);
  });

  it("that are false are not stopped by a true rival, but by a claim", async () => {
    const { chain, disputes, alice, bob, truth } = await start();
    const lie = await disputes.assert(bob, new FalseTrace(truth, 3n));
    const rival = await disputes.assert(alice, truth);
    const snapshot = await chain.networkHelpers.takeSnapshot();
    await chain.after(7 * DAY);
    await chain.rollup.confirm(lie.id);
    await snapshot.restore();
    const claim = await disputes.claim(alice, lie.id, truth);
    await chain.after(7 * DAY);
    await expect(chain.rollup.confirm(lie.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    await disputes.resolve(claim);
    await expect(chain.rollup.confirm(lie.id))
      .to.be.revertedWithCustomError(chain.rollup, "NotPending")
      .withArgs(lie.id, ASSERTION.countered);
    await chain.rollup.confirm(rival.id);
  });

  it("reject their rivals when they are confirmed, and these their descendants, whose bonds are burned", async () => {
    const { chain, disputes, alice, bob, truth } = await start();
    const lie = await disputes.assert(bob, new FalseTrace(truth, 3n));
    const rival = await disputes.assert(alice, truth);
    await chain.batch(words(1));
    const child = await disputes.assert(bob, await disputes.truth(lie.id, truth), lie.id);
    for (const { id } of [lie, rival, child]) {
      await expect(chain.rollup.reject(id)).to.be.revertedWithCustomError(chain.rollup, "NotRejectable").withArgs(id);
    }
    const claim = await disputes.claim(alice, lie.id, truth);
    await chain.after(7 * DAY);
    await chain.rollup.confirm(rival.id);
    await expect(chain.rollup.reject(child.id)).to.be.revertedWithCustomError(chain.rollup, "NotRejectable");
    for (const { id } of [lie, child]) {
      await expect(chain.rollup.reject(id))
        .to.emit(chain.rollup, "AssertionRejected")
        .withArgs(id, ASSERTION.rejected)
        .and.to.emit(chain.rollup, "Burned")
        .withArgs(chain.options.assertionBond);
    }
    await expect(chain.rollup.reject(rival.id)).to.be.revertedWithCustomError(chain.rollup, "NotPending");
    await expect(disputes.resolve(claim)).to.be.revertedWithCustomError(chain.rollup, "DisputeClosed").withArgs(lie.id);
    await chain.rollup.reclaim([claim.claim]);
    expect(await chain.rollup.credit(alice.address)).to.equal(chain.options.assertionBond + chain.claimBond(1));
    await expect(disputes.assert(bob, new FalseTrace(truth, 4n, "late")))
      .to.be.revertedWithCustomError(chain.rollup, "ParentClosed")
      .withArgs(chain.genesis, ASSERTION.confirmed);
  });

  it("that are true and were rejected can be made anew, and confirmed", async () => {
    const { chain, disputes, alice, bob, truth } = await start();
    const first = await disputes.assert(alice, truth);
    const attack = await disputes.claim(bob, first.id, new FalseTrace(truth, 3n));
    await chain.after(7 * DAY);
    await disputes.resolve(attack);
    expect((await chain.rollup.assertion(first.id)).status).to.equal(ASSERTION.countered);
    const second = await disputes.assert(alice, truth, chain.genesis, 1);
    expect(second.id).to.equal(assertionId(chain.genesis, hashMachineState(truth.end), 1));
    await expect(disputes.assert(alice, truth)).to.be.revertedWithCustomError(chain.rollup, "DuplicateAssertion");
    await chain.after(7 * DAY);
    await chain.rollup.confirm(second.id);
    expect(await chain.rollup.latestConfirmed()).to.equal(second.id);
  });

  it("go on from each other while none is confirmed", async () => {
    const { chain, disputes, alice, truth } = await start();
    let [parent, trace] = [await disputes.assert(alice, truth), truth];
    const made = [parent];
    for (let k = 0; k < 4; k++) {
      await chain.batch(words(1, k));
      trace = await disputes.truth(parent.id, trace);
      parent = await disputes.assert(alice, trace, parent.id);
      made.push(parent);
    }
    await chain.after(7 * DAY);
    for (const { id } of made) await chain.rollup.confirm(id);
    expect(await chain.rollup.latestConfirmed()).to.equal(parent.id);
  });
});
