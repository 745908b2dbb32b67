import { expect } from "chai";
import { network } from "hardhat";

import { assertionStatement } from "../../plugin/committee/statement.js";
import type { Hex } from "../../plugin/hex.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { committeeFixture, deployCommittee, deployCommitteeOn, testStatement } from "../helpers/committee.js";
import { Disputes } from "../helpers/disputes.js";
import {
  attestedNode,
  combinationNode,
  DAY,
  deploySettlement,
  makeRule,
  unchallengedNode,
  words,
} from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const fresh = committeeFixture();
const truth = testStatement();
const lie = testStatement({ value: `0x${"66".repeat(32)}` });

describe("a committee under attack: stakes that are gone", () => {
  it("records nothing for an epoch whose members may have withdrawn, and all until then", async () => {
    const committee = await fresh();
    const members = await committee.contract.seated(1n);
    for (const member of members) await committee.contract.connect(committee.signerOf(member)).resign();
    const certificate = await committee.certificate(1n, lie);
    await committee.helpers.time.increase(10_000);
    await committee.turn();
    const over = (await committee.contract.epochs(2n)).startedAt;
    await committee.helpers.time.setNextBlockTimestamp(over + 999n);
    await committee.contract.attest(1n, truth, await committee.certificate(1n, truth));
    // In the very second from which on stakes may be taken home: first the one, then the other.
    await committee.helpers.time.setNextBlockTimestamp(over + 1000n);
    await expect(committee.contract.attest(1n, lie, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "SignersUnbonded",
    );
    await committee.contract.connect(committee.signerOf(members[0])).withdraw();
    expect(await committee.helpers.time.latest()).to.equal(Number(over) + 1000);
    expect(await committee.contract.attesters(1n, await committee.contract.digestOf(1n, lie))).to.equal(0n);
    expect(await committee.contract.attesters(1n, await committee.contract.digestOf(1n, truth))).to.equal(15n);
  });

  it("a false assertion of an old epoch is not made final by those who have taken their stakes home", async () => {
    const chain = await deploySettlement();
    const committee = await deployCommitteeOn(chain, { pool: 8, unbonding: 40 * DAY });
    await committee.turn();
    const address = await committee.contract.getAddress();
    const either = [attestedNode(address, 3), unchallengedNode(50 * DAY), combinationNode(1, [0, 1])];
    const attacked = await chain.sibling(await makeRule(chain.parts.rules, either));
    await attacked.batch(words(3));
    const disputes = new Disputes(attacked);
    const trace = new FalseTrace(await disputes.truth(), 5n);
    const made = await disputes.assert(attacked.people[0], trace);
    for (const member of await committee.contract.seated(1n)) {
      await committee.contract.connect(committee.signerOf(member)).resign();
    }
    await committee.turn();
    await chain.after(40 * DAY + 1);
    for (const member of await committee.contract.seated(1n)) {
      await committee.contract.connect(committee.signerOf(member)).withdraw();
    }
    const { next } = await attacked.rollup.assertion(attacked.genesis);
    const last = (await attacked.inbox.inputHash(next - 1n)) as Hex;
    const rollup = (await attacked.rollup.getAddress()) as Hex;
    const statement = assertionStatement(rollup, attacked.genesis, hashMachineState(trace.end), last);
    await expect(
      committee.contract.attest(1n, statement, await committee.certificate(1n, statement)),
    ).to.be.revertedWithCustomError(committee.contract, "SignersUnbonded");
    await expect(attacked.rollup.confirm(made.id)).to.be.revertedWithCustomError(attacked.rollup, "NotFinal");
  });

  it("a liar that has come back after it withdrew is slashed for what it signed before", async () => {
    const committee = await fresh();
    const liar = committee.signerOf((await committee.contract.seated(1n))[0]);
    const a = await committee.certificate(1n, truth, [0]);
    const b = await committee.certificate(1n, lie, [0]);
    await committee.contract.connect(liar).resign();
    await committee.turn();
    await committee.helpers.time.increase(1000);
    await committee.contract.connect(liar).withdraw();
    await expect(committee.contract.slashConflict(1n, truth, a, 1n, lie, b)).to.be.revertedWithCustomError(
      committee.contract,
      "NobodyToSlash",
    );
    await committee.register(liar);
    await committee.contract.slashConflict(1n, truth, a, 1n, lie, b);
    expect((await committee.contract.members(liar.address)).status).to.equal(3n);
    await expect(committee.register(liar)).to.be.revertedWithCustomError(committee.contract, "WrongStatus");
  });

  it("whoever resigns in the last block before the freeze is not drawn, and answers for its last epoch", async () => {
    const committee = await fresh();
    const liar = committee.signerOf((await committee.contract.seated(1n))[0]);
    await committee.register(committee.people[10]);
    const draw = await committee.contract.drawBlock();
    const latest = BigInt(await committee.ethers.provider.getBlockNumber());
    await committee.helpers.mine(draw - 3n - latest - 2n);
    await committee.contract.connect(liar).resign();
    expect(await committee.ethers.provider.getBlockNumber()).to.equal(Number(draw - 4n));
    await committee.turn();
    expect(await committee.contract.seated(2n)).to.not.include(liar.address);
    await committee.slash(1n, [0]);
    expect((await committee.contract.members(liar.address)).status).to.equal(3n);
  });

  it("evidence from two epochs strikes the seats of both, and of the current one", async () => {
    const committee = await fresh();
    await committee.turn();
    await committee.turn();
    const epochs = await Promise.all([1n, 2n, 3n].map((epoch) => committee.contract.seated(epoch)));
    const liar = epochs[0].find((member) => epochs[1].includes(member))!;
    const seats = epochs.map((members) => members.indexOf(liar));
    const a = await committee.certificate(1n, truth, [seats[0]]);
    const b = await committee.certificate(2n, lie, [seats[1]]);
    await committee.contract.slashConflict(1n, truth, a, 2n, lie, b);
    for (const [index, seat] of seats.entries()) {
      const struck = await committee.contract.struck(BigInt(index + 1));
      expect(struck, `epoch ${index + 1}`).to.equal(seat < 0 ? 0n : 1n << BigInt(seat));
    }
  });

  it("a pool full of slashed members gives a committee whose seats do not count, until anybody clears it", async () => {
    const committee = await fresh();
    await committee.contract.connect(committee.people[4]).resign();
    await committee.turn();
    const latest = BigInt(await committee.ethers.provider.getBlockNumber());
    await committee.helpers.mine((await committee.contract.drawBlock()) - latest - 2n);
    expect(await committee.contract.frozen()).to.equal(true);
    await committee.slash(2n, [0, 1, 2, 3]);
    expect(await committee.contract.struck(2n)).to.equal(15n);
    await committee.turn();
    expect(await committee.contract.struck(3n)).to.equal(15n);
    expect(await committee.contract.check(3n, truth, await committee.certificate(3n, truth))).to.equal(0n);
    for (const member of await committee.contract.seated(3n)) {
      // Still in the pool, but nobody who could leave it with a stake.
      expect((await committee.contract.members(member)).place > 0n).to.equal(true);
      const contract = committee.contract.connect(committee.signerOf(member));
      await expect(contract.resign()).to.be.revertedWithCustomError(contract, "WrongStatus");
      await contract.remove(member);
    }
    expect(await committee.contract.poolSize()).to.equal(0n);
    await committee.turn();
    expect(await committee.contract.seated(4n)).to.deep.equal([]);
  });
});

describe("a committee under attack: parameters and time", () => {
  it("cannot be one that nobody can ever join", async () => {
    for (const given of [
      { epochBlocks: 20, freezeBlocks: 20 },
      { epochBlocks: 1, freezeBlocks: 1 },
    ]) {
      const refused = await deployCommittee({ ...given, pool: 0 }).catch((error: unknown) => error);
      expect(String(refused)).to.contain("ParameterOutOfRange");
    }
    const joined = await deployCommittee({ epochBlocks: 20, freezeBlocks: 18, pool: 1 });
    expect(await joined.contract.poolSize()).to.equal(1n);
  });

  it("the epoch of a time that 32 bits do not hold is the latest", async () => {
    const committee = await fresh();
    for (const time of [2n ** 32n, 2n ** 32n + 5n, 2n ** 48n + 5n, 2n ** 256n - 1n]) {
      expect(await committee.contract.epochAt(time)).to.equal(1n);
    }
  });

  it("of epochs that begin in the same second the last one counts", async () => {
    const connection = await network.create({ override: { allowBlocksWithSameTimestamp: true } });
    const committee = await deployCommitteeOn(connection, { epochBlocks: 2, freezeBlocks: 1, pool: 0 });
    await committee.turn();
    const { startedAt } = await committee.contract.epochs(1n);
    for (let block = 0; block < 3; block++) {
      await committee.helpers.time.setNextBlockTimestamp(startedAt);
      await committee.helpers.mine(1);
    }
    const header = await committee.drawHeader();
    await committee.helpers.time.setNextBlockTimestamp(startedAt);
    await committee.contract.turn(header);
    expect((await committee.contract.epochs(2n)).startedAt).to.equal(startedAt);
    expect(await committee.contract.epochAt(startedAt)).to.equal(2n);
    expect(await committee.contract.epochAt(startedAt - 1n)).to.equal(0n);
  });
});
