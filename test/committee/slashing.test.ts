import { expect } from "chai";

import type { Hex } from "../../plugin/hex.js";
import { ZERO_WORD } from "../../plugin/hex.js";
import { committeeFixture, testStatement, type TestCommittee } from "../helpers/committee.js";

const fresh = committeeFixture();
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;

describe("slashing", () => {
  const truth = testStatement();
  const lie = testStatement({ value: word("66") });

  it("takes the stakes of all who signed two statements that contradict each other, and of nobody else", async () => {
    const committee = await fresh();
    const reporter = committee.people[15];
    const seats = await committee.contract.seated(1n);
    const [a, b] = [await committee.certificate(1n, truth, [0, 1, 2]), await committee.certificate(1n, lie, [1, 2, 3])];
    await committee.contract.connect(reporter).slashConflict(1n, truth, a, 1n, lie, b);
    for (const [seat, status] of [1n, 3n, 3n, 1n].entries()) {
      expect((await committee.contract.members(seats[seat])).status).to.equal(status);
    }
    expect(await committee.contract.struck(1n)).to.equal(0b0110n);
    expect(await committee.contract.credit(reporter.address)).to.equal(2n * 10n ** 17n);
    expect(await committee.contract.poolSize()).to.equal(3n);
    await expect(committee.contract.withdrawCredit(reporter.address)).to.changeEtherBalance(
      committee.ethers,
      reporter,
      2n * 10n ** 17n,
    );
    await expect(committee.contract.withdrawCredit(reporter.address)).to.be.revertedWithCustomError(
      committee.contract,
      "NothingToWithdraw",
    );
  });

  it("takes nothing twice", async () => {
    const committee = await fresh();
    const [a, b] = [await committee.certificate(1n, truth), await committee.certificate(1n, lie, [0])];
    await committee.contract.slashConflict(1n, truth, a, 1n, lie, b);
    await expect(committee.contract.slashConflict(1n, truth, a, 1n, lie, b)).to.be.revertedWithCustomError(
      committee.contract,
      "NobodyToSlash",
    );
  });

  it("is not for statements that do not contradict each other", async () => {
    const committee = await fresh();
    const others = [
      testStatement({ expiry: 5n }),
      testStatement({ value: word("66"), parent: ZERO_WORD }),
      testStatement({ value: word("66"), accumulator: word("01") }),
      testStatement({ value: word("66"), subject: `0x${"01".repeat(20)}` }),
      testStatement({ value: word("66"), purpose: 1 }),
    ];
    const a = await committee.certificate(1n, truth);
    for (const other of others) {
      const b = await committee.certificate(1n, other);
      await expect(committee.contract.slashConflict(1n, truth, a, 1n, other, b)).to.be.revertedWithCustomError(
        committee.contract,
        "NoConflict",
      );
    }
  });

  it("needs the signatures themselves", async () => {
    const committee = await fresh();
    const [a, b] = [await committee.certificate(1n, truth), await committee.certificate(1n, lie, [0])];
    const framed = { ...b, signers: 0b0010n };
    await expect(committee.contract.slashConflict(1n, truth, a, 1n, lie, framed)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
    await expect(
      committee.contract.slashConflict(1n, truth, { ...a, signers: 0b0111n }, 1n, lie, b),
    ).to.be.revertedWithCustomError(committee.contract, "WrongSignature");
    const nobody = await committee.certificate(1n, lie, [1]);
    const other = await committee.certificate(1n, truth, [2]);
    await expect(committee.contract.slashConflict(1n, truth, other, 1n, lie, nobody)).to.be.revertedWithCustomError(
      committee.contract,
      "NobodyToSlash",
    );
  });

  it("reaches a member who contradicts itself across epochs, has left, or sits again", async () => {
    const committee = await fresh();
    const first = await committee.contract.seated(1n);
    await committee.turn();
    const second = await committee.contract.seated(2n);
    const liar = first.find((member) => second.includes(member))!;
    const seats = [first.indexOf(liar), second.indexOf(liar)];
    const a = await committee.certificate(1n, truth, [seats[0]]);
    const b = await committee.certificate(2n, lie, [seats[1]]);
    await committee.contract.connect(committee.people.find(({ address }) => address === liar)).resign();
    await committee.contract.slashConflict(1n, truth, a, 2n, lie, b);
    expect((await committee.contract.members(liar)).status).to.equal(3n);
    expect(await committee.contract.struck(1n)).to.equal(1n << BigInt(seats[0]));
    expect(await committee.contract.struck(2n)).to.equal(1n << BigInt(seats[1]));
  });

  it("makes what a slashed member has signed count for nothing, in other epochs once somebody strikes its seat", async () => {
    const committee = await fresh();
    const first = await committee.contract.seated(1n);
    await committee.turn();
    const second = await committee.contract.seated(2n);
    await committee.turn();
    const liar = second.find((member) => first.includes(member))!;
    const [one, two] = [first.indexOf(liar), second.indexOf(liar)];
    const other = testStatement({ parent: word("05") });
    await committee.contract.attest(2n, other, await committee.certificate(2n, other));
    const digest = await committee.contract.digestOf(2n, other);
    const [a, b] = [await committee.certificate(1n, truth, [one]), await committee.certificate(1n, lie, [one])];
    await committee.contract.slashConflict(1n, truth, a, 1n, lie, b);
    expect(await committee.contract.attesters(2n, digest)).to.equal(15n);
    await committee.contract.strike(2n, two);
    expect(await committee.contract.attesters(2n, digest)).to.equal(15n & ~(1n << BigInt(two)));
    for (const seat of [two, (two + 1) % 4, 4, 300]) {
      await expect(committee.contract.strike(2n, seat)).to.be.revertedWithCustomError(
        committee.contract,
        "SeatNotStrikable",
      );
    }
  });

  it("in a frozen pool leaves a seat that does not count, until somebody takes the member out", async () => {
    const committee = await fresh();
    await committee.contract.connect(committee.people[4]).resign();
    await committee.drawHeader();
    const [liar] = await committee.contract.seated(1n);
    const [a, b] = [await committee.certificate(1n, truth, [0]), await committee.certificate(1n, lie, [0])];
    await committee.contract.slashConflict(1n, truth, a, 1n, lie, b);
    const size = await committee.contract.poolSize();
    await expect(committee.contract.remove(liar)).to.be.revertedWithCustomError(committee.contract, "PoolFrozen");
    await committee.turn();
    const seats = await committee.contract.seated(2n);
    if (seats.includes(liar)) {
      expect(await committee.contract.struck(2n)).to.equal(1n << BigInt(seats.indexOf(liar)));
    }
    const member = await committee.contract.members(liar);
    if (member.place > 0n) {
      await committee.contract.remove(liar);
      expect(await committee.contract.poolSize()).to.equal(size - 1n);
    }
    await expect(committee.contract.remove(liar)).to.be.revertedWithCustomError(committee.contract, "WrongStatus");
    await expect(committee.contract.remove(committee.people[10].address)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongStatus",
    );
  });

  it("keeps a slashed member from resigning, withdrawing and registering", async () => {
    const committee = await fresh();
    const liar = await slashOne(committee);
    const contract = committee.contract.connect(liar);
    await expect(contract.resign()).to.be.revertedWithCustomError(contract, "WrongStatus");
    await expect(contract.withdraw()).to.be.revertedWithCustomError(contract, "WrongStatus");
    await expect(committee.register(liar)).to.be.revertedWithCustomError(contract, "WrongStatus");
  });

  async function slashOne(committee: TestCommittee) {
    const [liar] = await committee.contract.seated(1n);
    const [a, b] = [await committee.certificate(1n, truth, [0]), await committee.certificate(1n, lie, [0])];
    await committee.contract.slashConflict(1n, truth, a, 1n, lie, b);
    return committee.people.find(({ address }) => address === liar)!;
  }
});
