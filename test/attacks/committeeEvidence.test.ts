import { expect } from "chai";
import { dataLength, type ContractTransactionResponse } from "ethers";
import { network } from "hardhat";

import type { Statement } from "../../plugin/committee/statement.js";
import type { Hex } from "../../plugin/hex.js";
import { committeeFixture, deployCommitteeOn, testStatement, TestCommittee } from "../helpers/committee.js";
import { mined } from "../helpers/settlement.js";

const fresh = committeeFixture();
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const truth = testStatement();
const lie = testStatement({ value: `0x${"66".repeat(32)}` });

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
    const foreign = [await other.certificate(1n, truth), await foreignCertificate(committee, 1n, truth)] as const;
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

/** What the same members sign on another chain. */
function foreignCertificate(committee: TestCommittee, epoch: bigint, statement: Statement) {
  const { contract, people, options, ethers, helpers, identity } = committee;
  const foreign = new TestCommittee(contract, { ...identity, chainId: 1n }, people, options, ethers, helpers);
  return foreign.certificate(epoch, statement);
}

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
