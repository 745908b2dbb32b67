import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ETHER, leafOfWithdrawal, settle, type GivenWithdrawal } from "../helpers/outputs.js";
import { settlementFixture, type Settlement } from "../helpers/settlement.js";

const deploy = settlementFixture();

/** A chain, and a token of which Alice has 1,000 and lets the bridge take all. */
async function start<Name extends "HostileToken" | "OddToken">(name: Name) {
  const chain = await deploy();
  const [alice, bob] = chain.people;
  const bridge = chain.bridge.connect(alice);
  const token = await chain.ethers.deployContract(name as "OddToken");
  await token.mint(alice.address, 1_000n);
  await token.connect(alice).approve(bridge, 1_000n);
  return { chain, alice, bob, bridge, token, address: await token.getAddress() };
}

/** Confirms a state with these withdrawals, in their order, and gives what pays each. */
async function settled(chain: Settlement, given: readonly Omit<GivenWithdrawal, "index">[]) {
  const withdrawals = given.map((withdrawal, index) => ({ ...withdrawal, index }));
  const { id, state, proofs, confirm } = await settle(chain, withdrawals.map(leafOfWithdrawal));
  await confirm();
  return {
    withdraw: (index: number) => chain.bridge.withdraw(id, state, withdrawals[index], proofs[index]),
    withdrawTo: (index: number, by: (typeof chain.people)[number], to: string) =>
      chain.bridge.connect(by).withdrawTo(id, state, withdrawals[index], proofs[index], to),
  };
}

describe("Bridge, with tokens", () => {
  it("takes a token in and pays it out, beside ether and other tokens", async () => {
    const { chain, alice, bob, bridge, token, address } = await start("HostileToken");
    const other = await chain.ethers.deployContract("OddToken");
    await other.mint(alice.address, 9n);
    await other.connect(alice).approve(bridge, 9n);
    await expect(bridge.depositToken(address, bob.address, 400n))
      .to.emit(chain.bridge, "Deposited")
      .withArgs(0, alice.address, bob.address, address, 400);
    await bridge.depositToken(other, bob.address, 9n);
    await bridge.deposit(bob.address, { value: 5n });
    const { withdraw } = await settled(chain, [
      { token: address, recipient: bob.address, amount: 150n },
      { token: await other.getAddress(), recipient: bob.address, amount: 9n },
      { token: ETHER, recipient: bob.address, amount: 5n },
    ]);
    await expect(withdraw(0)).to.emit(chain.bridge, "Withdrawn").withArgs(0, bob.address, address, 150, bob.address);
    await withdraw(1);
    await expect(withdraw(2)).to.changeEtherBalance(chain.ethers, bob, 5n);
    expect([await token.balanceOf(bob.address), await other.balanceOf(bob.address)]).to.deep.equal([150n, 9n]);
    expect([await bridge.held(address), await bridge.held(other), await bridge.held(ETHER)]).to.deep.equal([
      250n,
      0n,
      0n,
    ]);
    for (const index of [0, 1, 2])
      await expect(withdraw(index)).to.be.revertedWithCustomError(bridge, "AlreadyWithdrawn");
  });

  it("counts what has arrived of a token that takes a fee", async () => {
    const { chain, bob, bridge, address } = await start("HostileToken");
    const token = await chain.ethers.getContractAt("HostileToken", address);
    await token.setFee(1_000n);
    await bridge.depositToken(address, bob.address, 100n);
    expect([await bridge.held(address), await token.balanceOf(bridge)]).to.deep.equal([90n, 90n]);
    await token.setFee(10_000n);
    await expect(bridge.depositToken(address, bob.address, 100n)).to.be.revertedWithCustomError(
      bridge,
      "NothingDeposited",
    );
  });

  it("takes nothing of a token that says no, and nothing that is no token", async () => {
    const { chain, bob, bridge, address } = await start("HostileToken");
    const token = await chain.ethers.getContractAt("HostileToken", address);
    await token.setRefusing(true);
    await expect(bridge.depositToken(address, bob.address, 1n))
      .to.be.revertedWithCustomError(bridge, "SafeERC20FailedOperation")
      .withArgs(address);
    for (const nobody of [ZeroAddress, bob.address]) {
      await expect(bridge.depositToken(nobody, bob.address, 1n))
        .to.be.revertedWithCustomError(bridge, "NotToken")
        .withArgs(nobody);
    }
    for (const contract of [chain.inbox, chain.rollup, chain.bridge, chain.messenger]) {
      await expect(bridge.depositToken(contract, bob.address, 1n)).to.revert(chain.ethers);
    }
    expect(await bridge.held(ZeroAddress)).to.equal(0n);
    expect(await chain.inbox.messageCount()).to.equal(0n);
  });

  it("keeps a payment that a token refuses, for another time or another account of the recipient", async () => {
    const { chain, alice, bob, bridge, token, address } = await start("OddToken");
    await bridge.depositToken(address, bob.address, 100n);
    const { withdraw, withdrawTo } = await settled(chain, [
      { token: address, recipient: bob.address, amount: 60n },
      { token: address, recipient: alice.address, amount: 40n },
    ]);
    await token.setBlocked(bob.address, true);
    await expect(withdraw(0)).to.be.revertedWithCustomError(token, "Blocked").withArgs(bob.address);
    await withdraw(1);
    expect(await bridge.held(address)).to.equal(60n);
    await withdrawTo(0, bob, chain.people[2].address);
    expect(await token.balanceOf(chain.people[2].address)).to.equal(60n);
  });

  it("pays of a token whose balances shrink what is left, until nothing is; of others everything", async () => {
    const { chain, bob, bridge, token, address } = await start("OddToken");
    await bridge.depositToken(address, bob.address, 100n);
    await bridge.deposit(bob.address, { value: 100n });
    await token.rebase(500n);
    const { withdraw } = await settled(chain, [
      { token: address, recipient: bob.address, amount: 50n },
      { token: address, recipient: bob.address, amount: 50n },
      { token: ETHER, recipient: bob.address, amount: 100n },
    ]);
    await withdraw(0);
    await expect(withdraw(1)).to.revert(chain.ethers);
    await expect(withdraw(2)).to.changeEtherBalance(chain.ethers, bob, 100n);
    await token.rebase(2_000n);
    await token.mint(bridge, 50n);
    await withdraw(1);
    expect(await bridge.held(address)).to.equal(0n);
  });

  it("gives nobody what a token has grown by", async () => {
    const { chain, bob, bridge, token, address } = await start("OddToken");
    await bridge.depositToken(address, bob.address, 100n);
    await token.rebase(3_000n);
    const { withdraw } = await settled(chain, [{ token: address, recipient: bob.address, amount: 101n }]);
    await expect(withdraw(0)).to.be.revertedWithCustomError(bridge, "NotHeld").withArgs(address, 101, 100);
  });

  it("is hurt by no lie about balances but in the token that lies", async () => {
    const { chain, bob, bridge, token, address } = await start("OddToken");
    await bridge.deposit(bob.address, { value: 100n });
    await token.tell(bridge, 7n);
    await expect(bridge.depositToken(address, bob.address, 5n)).to.be.revertedWithCustomError(
      bridge,
      "NothingDeposited",
    );
    await token.tell(bridge, 0n);
    const most = 2n ** 256n - 1n;
    const liar = await chain.ethers.deployContract("GrowingToken");
    await bridge.depositToken(liar, bob.address, most);
    expect(await bridge.held(liar)).to.equal(most);
    await liar.forget(bridge);
    // Sums of what is owed have a limit, so that no guest's accounts can overflow by deposits.
    await expect(bridge.depositToken(liar, bob.address, 1n)).to.be.revertedWithPanic(0x11);
    const { withdraw } = await settled(chain, [
      { token: await liar.getAddress(), recipient: bob.address, amount: most },
      { token: ETHER, recipient: bob.address, amount: 100n },
    ]);
    await withdraw(0);
    await expect(withdraw(1)).to.changeEtherBalance(chain.ethers, bob, 100n);
  });

  it("cannot be entered again by a token, nor by who is paid", async () => {
    const { chain, bob, bridge, address } = await start("HostileToken");
    const token = await chain.ethers.getContractAt("HostileToken", address);
    const member = await chain.ethers.deployContract("ReentrantMember");
    await token.mint(member, 100n);
    await member.approve(address, bridge);
    await member.run(address, 0n, token.interface.encodeFunctionData("setHook", [true]));
    const depositAgain = bridge.interface.encodeFunctionData("depositToken", [address, bob.address, 10n]);
    const moveMore = token.interface.encodeFunctionData("transfer", [await bridge.getAddress(), 7n]);
    await member.setAgain([
      { target: bridge, data: depositAgain },
      { target: address, data: moveMore },
    ]);
    await member.run(bridge, 0n, depositAgain);
    // What it moved by itself has arrived, and counts once.
    expect([...(await member.done())]).to.deep.equal([false, true]);
    expect([await bridge.held(address), await token.balanceOf(bridge)]).to.deep.equal([17n, 17n]);

    await bridge.deposit(bob.address, { value: 100n });
    const recipient = await member.getAddress();
    const given = [
      { index: 0, token: ETHER, recipient, amount: 40n },
      { index: 1, token: ETHER, recipient, amount: 60n },
    ];
    const { id, state, proofs, confirm } = await settle(chain, given.map(leafOfWithdrawal));
    await confirm();
    const withdrawal = (index: number) =>
      bridge.interface.encodeFunctionData("withdraw", [id, { ...state }, given[index], [...proofs[index]]]);
    await member.setAgain([0, 1].map((index) => ({ target: bridge, data: withdrawal(index) })));
    await bridge.withdraw(id, state, given[0], proofs[0]);
    expect([...(await member.done())]).to.deep.equal([false, false]);
    expect(await chain.ethers.provider.getBalance(bridge)).to.equal(60n);
  });
});
