import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { dataLength, type ContractTransactionResponse } from "ethers";
import { network } from "hardhat";

import {
  assertionStatement,
  batchStatement,
  encodeCertifiedBatch,
  type Statement,
} from "../../plugin/committee/statement.js";
import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import {
  committeeFixture,
  deployCommittee,
  deployCommitteeOn,
  testStatement,
  type CommitteeOptions,
  type TestCommittee,
} from "../helpers/committee.js";
import { ASSERTION, Disputes } from "../helpers/disputes.js";
import {
  attestedNode,
  combinationNode,
  DAY,
  deploySettlement,
  makeRule,
  mined,
  unchallengedNode,
  words,
} from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const fresh = committeeFixture();
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const truth = testStatement();
const lie = testStatement({ value: word("66") });

/** Slashes whoever has the given seats of an epoch, by what they sign. */
async function slash(committee: TestCommittee, epoch: bigint, seats: number[]): Promise<void> {
  const [a, b] = [
    await committee.certificate(epoch, truth, seats),
    await committee.certificate(epoch, lie, seats),
  ] as const;
  await committee.contract.slashConflict(epoch, truth, a, epoch, lie, b);
}

function signerOf(committee: TestCommittee, address: string) {
  return committee.people.find((person) => person.address === address)!;
}

describe("a committee under attack: stakes that are gone", () => {
  it("records nothing for an epoch whose members may have withdrawn, and all until then", async () => {
    const committee = await fresh();
    const members = await committee.contract.seated(1n);
    for (const member of members) await committee.contract.connect(signerOf(committee, member)).resign();
    const certificate = await committee.certificate(1n, lie);
    await committee.helpers.time.increase(10_000);
    await committee.turn();
    const over = (await committee.contract.epochs(2n)).startedAt;
    await committee.helpers.time.setNextBlockTimestamp(over + 999n);
    await committee.contract.attest(1n, truth, await committee.certificate(1n, truth));
    await committee.helpers.time.setNextBlockTimestamp(over + 1000n);
    await committee.contract.connect(signerOf(committee, members[0])).withdraw();
    await expect(committee.contract.attest(1n, lie, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "SignersUnbonded",
    );
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
      await committee.contract.connect(signerOf(committee, member)).resign();
    }
    await committee.turn();
    await chain.after(40 * DAY + 1);
    for (const member of await committee.contract.seated(1n)) {
      await committee.contract.connect(signerOf(committee, member)).withdraw();
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
    const liar = signerOf(committee, (await committee.contract.seated(1n))[0]);
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
    const liar = signerOf(committee, (await committee.contract.seated(1n))[0]);
    await committee.register(committee.people[10]);
    const draw = await committee.contract.drawBlock();
    const latest = BigInt(await committee.ethers.provider.getBlockNumber());
    await committee.helpers.mine(draw - 3n - latest - 2n);
    await committee.contract.connect(liar).resign();
    expect(await committee.ethers.provider.getBlockNumber()).to.equal(Number(draw - 4n));
    await committee.turn();
    expect(await committee.contract.seated(2n)).to.not.include(liar.address);
    await slash(committee, 1n, [0]);
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
    await slash(committee, 2n, [0, 1, 2, 3]);
    expect(await committee.contract.struck(2n)).to.equal(15n);
    await committee.turn();
    expect(await committee.contract.struck(3n)).to.equal(15n);
    expect(await committee.contract.check(3n, truth, await committee.certificate(3n, truth))).to.equal(0n);
    for (const member of await committee.contract.seated(3n)) {
      // Still in the pool, but nobody who could leave it with a stake.
      expect((await committee.contract.members(member)).place > 0n).to.equal(true);
      const contract = committee.contract.connect(signerOf(committee, member));
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

describe("a committee under attack: evidence", () => {
  it("of a rollup that only says so reaches nobody, whatever it says", async () => {
    const committee = await fresh();
    const rollup = `0x${"ab".repeat(20)}` as const;
    const signed = { ...truth, subject: rollup };
    await committee.contract.attest(1n, signed, await committee.certificate(1n, signed));
    const liar = await committee.ethers.deployContract("FalseChain");
    await liar.tell(signed.parent, signed.value, signed.accumulator);
    for (const epoch of [0n, 1n, 2n, 2n ** 256n - 1n]) {
      await expect(
        committee.contract.slashWrong(await liar.getAddress(), word("01"), epoch),
      ).to.be.revertedWithCustomError(committee.contract, "NobodyToSlash");
    }
    // The same of a rollup of which they did sign it: evidence is what this is about.
    const signedOfIt = { ...signed, subject: (await liar.getAddress()) as Hex };
    await committee.contract.attest(1n, signedOfIt, await committee.certificate(1n, signedOfIt, [2]));
    await committee.contract.slashWrong(await liar.getAddress(), word("01"), 1n);
    expect(await committee.contract.struck(1n)).to.equal(4n);
  });

  it("of another committee with the same members, or of this one on another chain, counts for nothing", async () => {
    const committee = await fresh();
    const other = await deployCommitteeOn({ ethers: committee.ethers, networkHelpers: committee.helpers });
    await other.turn();
    const foreign = [
      await other.certificate(1n, truth),
      await new ForeignCommittee(committee).certificate(1n, truth),
    ] as const;
    for (const certificate of foreign) {
      await expect(committee.contract.attest(1n, truth, certificate)).to.be.revertedWithCustomError(
        committee.contract,
        "WrongSignature",
      );
    }
  });

  it("a certificate of a batch is none of an assertion, and a proof of possession none of a certificate", async () => {
    const committee = await fresh();
    const batch: Statement = { ...truth, purpose: 1 };
    const certificate = await committee.certificate(1n, batch);
    await expect(committee.contract.attest(1n, truth, certificate)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
    const [a, b] = [await committee.certificate(1n, batch), await committee.certificate(1n, lie)] as const;
    await expect(committee.contract.slashConflict(1n, batch, a, 1n, lie, b)).to.be.revertedWithCustomError(
      committee.contract,
      "NoConflict",
    );
  });

  it("who has signed one lie cannot make others its accomplices by adding their seats or signatures", async () => {
    const committee = await fresh();
    const all = await committee.certificate(1n, truth);
    const one = await committee.certificate(1n, lie, [0]);
    for (let signers = 1n; signers < 16n; signers++) {
      if (signers === 1n) continue;
      await expect(
        committee.contract.slashConflict(1n, truth, all, 1n, lie, { ...one, signers }),
      ).to.be.revertedWithCustomError(committee.contract, "WrongSignature");
    }
    await committee.contract.slashConflict(1n, truth, all, 1n, lie, one);
    const statuses = await Promise.all(
      (await committee.contract.seated(1n)).map(async (member) => (await committee.contract.members(member)).status),
    );
    expect(statuses).to.deep.equal([3n, 1n, 1n, 1n]);
  });
});

/** Signs as the same members on another chain. */
class ForeignCommittee {
  public constructor(private readonly committee: TestCommittee) {}

  public async certificate(epoch: bigint, statement: Statement) {
    const { contract, people, options, ethers, helpers, identity } = this.committee;
    const Committee = this.committee.constructor as typeof TestCommittee;
    const foreign = new Committee(contract, { ...identity, chainId: 1n }, people, options, ethers, helpers);
    return foreign.certificate(epoch, statement);
  }
}

describe("a committee under attack: tokens and payments", () => {
  const STAKE = 10n ** 18n;

  async function withToken(options: CommitteeOptions = {}) {
    const connection = await network.create();
    const token = await connection.ethers.deployContract("HostileToken");
    const address = await token.getAddress();
    const committee = await deployCommitteeOn(connection, { epochBlocks: 200, ...options, token: address, pool: 0 });
    for (const { address: person } of committee.people) await token.mint(person, 10n * STAKE);
    for (const person of committee.people) {
      await token.connect(person).approve(committee.identity.address, 2n ** 256n - 1n);
    }
    return { committee, token };
  }

  it("stakes in a token come in whole and go out whole", async () => {
    const { committee, token } = await withToken({ size: 1 });
    const [member] = committee.people;
    await committee.register(member);
    expect(await token.balanceOf(committee.identity.address)).to.equal(STAKE);
    await committee.contract.connect(member).resign();
    await committee.turn();
    await committee.helpers.time.increase(1000);
    await expect(committee.contract.connect(member).withdraw()).to.changeTokenBalance(
      committee.ethers,
      token,
      member,
      STAKE,
    );
    expect(await token.balanceOf(committee.identity.address)).to.equal(0n);
  });

  it("a token that takes a fee, says no, or comes with ether is refused; one that says no keeps nobody's stake", async () => {
    const { committee, token } = await withToken({ size: 1 });
    const [member, other] = committee.people;
    await token.setFee(100);
    await expect(committee.register(member)).to.be.revertedWithCustomError(committee.contract, "WrongStake");
    await token.setFee(0);
    await token.setRefusing(true);
    await expect(committee.register(member)).to.be.revertedWithCustomError(
      committee.contract,
      "SafeERC20FailedOperation",
    );
    await token.setRefusing(false);
    await committee.register(member);
    await committee.contract.connect(member).resign();
    await committee.turn();
    await committee.helpers.time.increase(1000);
    await token.setRefusing(true);
    await expect(committee.contract.connect(member).withdraw()).to.be.revertedWithCustomError(
      committee.contract,
      "SafeERC20FailedOperation",
    );
    await token.setRefusing(false);
    await committee.contract.connect(member).withdraw();
    expect(await committee.contract.poolSize()).to.equal(0n);
    await expect(committee.contract.connect(other).register("0x", "0x", { value: 1n })).to.be.revertedWithCustomError(
      committee.contract,
      "WrongKeyLength",
    );
  });

  it("a token that takes a fee and calls back cannot hide the fee behind what is paid in between", async () => {
    const { committee, token } = await withToken({ size: 1, reporterShare: 9000 });
    const { ethers, contract } = committee;
    const [target, tokenAddress] = [committee.identity.address, await token.getAddress()];
    const [member, accomplice] = [
      await ethers.deployContract("ReentrantMember"),
      await ethers.deployContract("ReentrantMember"),
    ];
    const [account, other] = [(await member.getAddress()) as Hex, (await accomplice.getAddress()) as Hex];
    for (const each of [member, accomplice]) {
      await token.mint(await each.getAddress(), 10n * STAKE);
      await each.approve(tokenAddress, target);
    }
    // It has a credit of 0.9 stakes, which is what a stake comes in as when a tenth is taken as a fee.
    await committee.register(committee.people[0]);
    await committee.turn();
    const [a, b] = [await committee.certificate(1n, truth), await committee.certificate(1n, lie)] as const;
    await member.run(target, 0n, contract.interface.encodeFunctionData("slashConflict", [1n, truth, a, 1n, lie, b]));
    expect(await contract.credit(account)).to.equal((9n * STAKE) / 10n);

    const setFee = (fee: bigint) => ({
      target: tokenAddress,
      data: token.interface.encodeFunctionData("setFee", [fee]),
    });
    const joins = accomplice.interface.encodeFunctionData("run", [target, 0n, registration(committee, other)]);
    const takesCredit = contract.interface.encodeFunctionData("withdrawCredit", [account]);
    await member.setAgain([setFee(0n), { target: other, data: joins }, setFee(1000n), { target, data: takesCredit }]);
    await member.run(tokenAddress, 0n, token.interface.encodeFunctionData("setHook", [true]));
    await expect(member.run(target, 0n, registration(committee, account))).to.be.revertedWithCustomError(
      contract,
      "WrongStake",
    );
  });

  it("whoever is called when it is paid cannot be paid again, nor join or leave in between", async () => {
    const committee = await deployCommittee({ size: 1, pool: 3 });
    const { ethers, contract } = committee;
    const member = await ethers.deployContract("ReentrantMember");
    const account = (await member.getAddress()) as Hex;
    const target = committee.identity.address;
    await member.run(target, STAKE, registration(committee, account), { value: STAKE });
    await member.run(target, 0n, contract.interface.encodeFunctionData("resign"));
    await committee.turn();
    await committee.helpers.time.increase(1000);
    const again = [
      { target, data: contract.interface.encodeFunctionData("withdraw") },
      { target, data: contract.interface.encodeFunctionData("withdrawCredit", [account]) },
      { target, data: registration(committee, account) },
    ];
    await member.setAgain(again);
    await member.run(target, 0n, contract.interface.encodeFunctionData("withdraw"));
    expect(await member.done()).to.deep.equal([false, false, false]);
    expect(await ethers.provider.getBalance(account)).to.equal(STAKE);
    expect(await ethers.provider.getBalance(target)).to.equal(3n * STAKE);
  });

  function registration(committee: TestCommittee, account: Hex): string {
    const { key, proof } = committee.registration(account);
    return committee.contract.interface.encodeFunctionData("register", [key, proof]);
  }
});

describe("a committee's source and rule under attack", () => {
  const bytes = concatBytes(...words(5).map(hexToBytes));
  const { root } = new WordTree(bytes);
  const length = BigInt(bytes.length);

  it("a batch that was certified for one inbox is none of another that has the same inputs", async () => {
    const committee = await fresh();
    const source = await committee.ethers.deployContract("CommitteeSource", [committee.identity.address, 3, DAY]);
    const [mine, other] = [
      await committee.ethers.deployContract("FalseChain"),
      await committee.ethers.deployContract("FalseChain"),
    ];
    const expiry = BigInt(await committee.helpers.time.latest()) + 2n * BigInt(DAY);
    const statement = batchStatement((await mine.getAddress()) as Hex, ZERO_WORD, root, length, expiry);
    const data = encodeCertifiedBatch(root, length, expiry, await committee.certificate(1n, statement));
    const address = await source.getAddress();
    expect(await mine.commit.staticCall(address, data)).to.deep.equal([root, length]);
    await expect(other.commit.staticCall(address, data)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
    const [a, b] = [
      encodeCertifiedBatch(root, length + 1n, expiry, await committee.certificate(1n, statement)),
      encodeCertifiedBatch(root, length, expiry + 1n, await committee.certificate(1n, statement)),
    ];
    for (const changed of [a, b]) {
      await expect(mine.commit.staticCall(address, changed)).to.be.revertedWithCustomError(
        committee.contract,
        "WrongSignature",
      );
    }
    await committee.helpers.time.increase(DAY + 100);
    await expect(mine.commit.staticCall(address, data)).to.be.revertedWithCustomError(source, "ExpiresTooEarly");
  });

  it("struck seats do not make a quorum", async () => {
    const committee = await fresh();
    const source = await committee.ethers.deployContract("CommitteeSource", [committee.identity.address, 3, DAY]);
    const inbox = await committee.ethers.deployContract("FalseChain");
    const expiry = BigInt(await committee.helpers.time.latest()) + 2n * BigInt(DAY);
    const statement = batchStatement((await inbox.getAddress()) as Hex, ZERO_WORD, root, length, expiry);
    const data = encodeCertifiedBatch(root, length, expiry, await committee.certificate(1n, statement, [0, 1, 2]));
    await inbox.commit.staticCall(await source.getAddress(), data);
    await slash(committee, 1n, [1]);
    await expect(inbox.commit.staticCall(await source.getAddress(), data))
      .to.be.revertedWithCustomError(source, "QuorumMissed")
      .withArgs(2n, 3n);
  });

  it("a source needs a quorum of at least one, and of no more than there are members", async () => {
    const committee = await fresh();
    const factory = await committee.ethers.getContractFactory("CommitteeSource");
    for (const quorum of [0, 5]) {
      await expect(factory.deploy(committee.identity.address, quorum, DAY)).to.be.revertedWithCustomError(
        factory,
        "QuorumOutOfRange",
      );
    }
  });

  it("an assertion before the first epoch, or in one without seats, is final by its window alone", async () => {
    const chain = await deploySettlement();
    const committee = await deployCommitteeOn(chain, { pool: 3 });
    const address = await committee.contract.getAddress();
    const attested = attestedNode(address, 1);
    const either = [attested, unchallengedNode(7 * DAY), combinationNode(1, [0, 1])];
    const attacked = await chain.sibling(await makeRule(chain.parts.rules, either));
    const rule = await committee.ethers.getContractAt("IRule", await makeRule(chain.parts.rules, [attested]));
    await attacked.batch(words(3));
    const disputes = new Disputes(attacked);
    const rollup = await attacked.rollup.getAddress();
    const first = await disputes.truth();
    const before = await disputes.assert(attacked.people[0], first);
    await committee.turn();
    await attacked.batch(words(3));
    const within = await disputes.assert(attacked.people[0], await disputes.truth(before.id, first), before.id);
    expect(await committee.contract.seated(1n)).to.deep.equal([]);
    for (const [epoch, made] of [before, within].entries()) {
      const { createdAt } = await attacked.rollup.assertion(made.id);
      expect(await committee.contract.epochAt(createdAt)).to.equal(BigInt(epoch));
      expect(await rule.isFinal(rollup, made.id)).to.equal(false);
      await chain.at(createdAt + BigInt(7 * DAY) - 10n);
      await expect(attacked.rollup.confirm(made.id)).to.be.revertedWithCustomError(attacked.rollup, "NotFinal");
      await chain.at(createdAt + BigInt(7 * DAY) + 1n);
      await attacked.rollup.confirm(made.id);
      expect(await rule.isFinal(rollup, made.id)).to.equal(false);
      expect((await attacked.rollup.assertion(made.id)).status).to.equal(ASSERTION.confirmed);
    }
  });
});

describe("the largest committee", () => {
  it("is drawn, certified, slashed and struck within a transaction's gas, and its seats fit into a contract", async function () {
    this.timeout(600_000);
    const accounts = { mnemonic: "test test test test test test test test test test test junk", count: 117 };
    const connection = await network.create({ override: { accounts } });
    const committee = await deployCommitteeOn(connection, { size: 115, pool: 117, epochBlocks: 300 });
    const { contract, ethers } = committee;
    const used: Record<string, bigint> = {};
    const measure = async (what: string, sent: Promise<ContractTransactionResponse>) => {
      used[what] = (await mined(sent)).gasUsed;
    };
    await measure("turn", contract.turn(await committee.drawHeader()));
    const { seats } = await contract.epochs(1n);
    expect(dataLength(await ethers.provider.getCode(seats))).to.equal(1 + 192 + 115 * 212);
    await committee.turn();

    const all = (epoch: bigint, statement: Statement) => committee.certificate(epoch, statement);
    await measure("attest", contract.attest(2n, truth, await all(2n, truth)));
    // Half of them is what costs most.
    const half = Array.from({ length: 57 }, (_, index) => 2 * index);
    await measure("attest by half", contract.attest(2n, lie, await committee.certificate(2n, lie, half)));
    const other = testStatement({ value: word("67") });
    const evidence = [1n, other, await all(1n, other), 2n, lie, await all(2n, lie)] as const;
    await measure("slash all across epochs", contract.slashConflict(...evidence));
    const [before, now] = [await contract.seated(1n), await contract.seated(2n)];
    const struck = await contract.struck(2n);
    for (const [seat, member] of now.entries()) {
      expect(((struck >> BigInt(seat)) & 1n) === 1n, member).to.equal(before.includes(member));
    }
    expect(await contract.poolSize()).to.equal(117n - BigInt(now.filter((member) => before.includes(member)).length));
    for (const [what, gas] of Object.entries(used)) expect(gas < 2n ** 24n, `${what}: ${gas} gas`).to.equal(true);
    expect(used.turn < 8_000_000n, `${used.turn} gas`).to.equal(true);
  });
});
