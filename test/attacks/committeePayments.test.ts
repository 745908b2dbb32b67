import { expect } from "chai";
import { network } from "hardhat";

import type { Hex } from "../../plugin/hex.js";
import type { TestCommittee } from "../helpers/committee.js";
import { deployCommittee, deployCommitteeOn, testStatement, type CommitteeOptions } from "../helpers/committee.js";

const truth = testStatement();
const lie = testStatement({ value: `0x${"66".repeat(32)}` });

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
