import { expect } from "chai";
import { AbiCoder, concat, parseEther, ZeroAddress } from "ethers";

import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { ETHER, leafOfMessage, leafOfWithdrawal, settle } from "../helpers/outputs.js";
import { settlementFixture } from "../helpers/settlement.js";
import { tallyProgram } from "../helpers/tallyMachine.js";

const deploy = settlementFixture();
const AMOUNT = parseEther("2");

/** A chain with two withdrawals in a state: one to `recipient`, one to a contract. */
async function start() {
  const chain = await deploy();
  const [alice, recipient] = chain.people;
  const wrapper = await chain.ethers.deployContract("Wrapper");
  await chain.bridge.connect(alice).deposit(alice.address, { value: 2n * AMOUNT });
  const first = { index: 0, token: ETHER, recipient: recipient.address, amount: AMOUNT };
  const second = { index: 1, token: ETHER, recipient: await wrapper.getAddress(), amount: AMOUNT };
  const settled = await settle(chain, [leafOfWithdrawal(first), leafOfWithdrawal(second)]);
  return { chain, alice, recipient, wrapper, first, second, ...settled };
}

describe("Bridge", () => {
  it("queues a deposit as a message of its own kind from the depositor", async () => {
    const chain = await deploy();
    const [alice, bob] = chain.people;
    const bridge = chain.bridge.connect(alice);
    await expect(bridge.deposit(bob.address, { value: 7n }))
      .to.emit(chain.bridge, "Deposited")
      .withArgs(0, alice.address, bob.address, ETHER, 7);
    const [event] = await chain.inbox.queryFilter(chain.inbox.filters.MessageQueued(), 0);
    expect([event.args.kind, event.args.sender]).to.deep.equal([2n, alice.address]);
    const { chainId } = await chain.ethers.provider.getNetwork();
    const told = [bob.address, ETHER, 7, chainId, await chain.bridge.getAddress()];
    expect(event.args.data).to.equal(
      AbiCoder.defaultAbiCoder().encode(["address", "address", "uint256", "uint256", "address"], told),
    );
    expect(await bridge.held(ETHER)).to.equal(7n);
    await expect(bridge.deposit(bob.address)).to.be.revertedWithCustomError(chain.bridge, "NothingDeposited");
  });

  it("pays a withdrawal of a confirmed state once", async () => {
    const { chain, recipient, first, proofs, state, id, confirm } = await start();
    await expect(chain.bridge.withdraw(id, state, first, proofs[0]))
      .to.be.revertedWithCustomError(chain.bridge, "AssertionNotConfirmed")
      .withArgs(id);
    await confirm();
    await expect(chain.bridge.withdraw(id, state, first, proofs[0])).to.changeEtherBalances(
      chain.ethers,
      [recipient, chain.bridge],
      [AMOUNT, -AMOUNT],
    );
    expect(await chain.bridge.held(ETHER)).to.equal(AMOUNT);
    expect([await chain.bridge.isWithdrawn(0), await chain.bridge.isWithdrawn(1)]).to.deep.equal([true, false]);
    await expect(chain.bridge.withdraw(id, state, first, proofs[0]))
      .to.be.revertedWithCustomError(chain.bridge, "AlreadyWithdrawn")
      .withArgs(0);
    await expect(chain.bridge.connect(recipient).withdrawTo(id, state, first, proofs[0], recipient.address))
      .to.be.revertedWithCustomError(chain.bridge, "AlreadyWithdrawn")
      .withArgs(0);
  });

  it("refuses a proof with any part corrupted, and another withdrawal, state or assertion", async () => {
    const { chain, alice, first, second, proofs, state, id, confirm } = await start();
    await confirm();
    const attempt = (withdrawal: typeof first, proof: Hex[], given = state, assertion: string = id) =>
      expect(chain.bridge.withdraw(assertion, given, withdrawal, proof)).to.be;
    for (let k = 0; k < 32; k++) {
      const bytes = hexToBytes(proofs[0][k]);
      bytes[k] ^= 1;
      const proof = proofs[0].map((word, j) => (j === k ? (concat([bytes]) as Hex) : word));
      await attempt(first, proof).revertedWithCustomError(chain.bridge, "WrongOutputProof");
    }
    const token = await chain.bridge.getAddress();
    for (const change of [
      { amount: AMOUNT + 1n },
      { recipient: alice.address },
      { index: 1 },
      { token: token as Hex },
    ]) {
      await attempt({ ...first, ...change }, proofs[0]).revertedWithCustomError(chain.bridge, "WrongOutputProof");
    }
    await attempt(second, proofs[0]).revertedWithCustomError(chain.bridge, "WrongOutputProof");
    await attempt(first, proofs[0].slice(1)).revertedWithCustomError(chain.bridge, "WrongProofLength").withArgs(31, 32);
    await attempt(first, [...proofs[0], ZERO_WORD])
      .revertedWithCustomError(chain.bridge, "WrongProofLength")
      .withArgs(33, 32);
    await attempt({ ...first, index: 2 ** 32 }, proofs[0])
      .revertedWithCustomError(chain.bridge, "OutputIndexTooLarge")
      .withArgs(2 ** 32);
    const genesis = tallyProgram.start().state();
    await attempt(first, proofs[0], genesis).revertedWithCustomError(chain.bridge, "WrongOutputState");
    await attempt(first, proofs[0], { ...state, rejections: id }).revertedWithCustomError(
      chain.bridge,
      "WrongOutputState",
    );
    await attempt(first, proofs[0], state, chain.genesis).revertedWithCustomError(chain.bridge, "WrongOutputState");
    await attempt(first, proofs[0], state, ZERO_WORD).revertedWithCustomError(chain.bridge, "AssertionNotConfirmed");
  });

  it("pays no message, whatever its words are taken for", async () => {
    const chain = await deploy();
    await chain.bridge.deposit(ETHER, { value: AMOUNT });
    const [alice] = chain.people;
    const message = { index: 0, sender: ETHER, target: alice.address, data: "0x" };
    const { id, state, proofs, confirm } = await settle(chain, [leafOfMessage(message)]);
    await confirm();
    const amount = BigInt("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    const withdrawal = { index: 0, token: ETHER, recipient: alice.address, amount };
    await expect(chain.bridge.withdraw(id, state, withdrawal, proofs[0])).to.be.revertedWithCustomError(
      chain.bridge,
      "WrongOutputProof",
    );
  });

  it("loses nothing when a recipient refuses its ether", async () => {
    const { chain, wrapper, second, proofs, state, id, confirm } = await start();
    await confirm();
    await wrapper.refuse(true);
    await expect(chain.bridge.withdraw(id, state, second, proofs[1]))
      .to.be.revertedWithCustomError(chain.bridge, "PaymentFailed")
      .withArgs(second.recipient, AMOUNT);
    expect(await chain.bridge.isWithdrawn(1)).to.equal(false);
    expect(await chain.bridge.held(ETHER)).to.equal(2n * AMOUNT);
    await wrapper.refuse(false);
    await expect(chain.bridge.withdraw(id, state, second, proofs[1])).to.changeEtherBalance(
      chain.ethers,
      wrapper,
      AMOUNT,
    );
  });

  it("pays somebody else where the recipient itself says so, and nobody else does", async () => {
    const { chain, alice, wrapper, second, proofs, state, id, confirm } = await start();
    await confirm();
    await wrapper.refuse(true);
    await expect(chain.bridge.connect(alice).withdrawTo(id, state, second, proofs[1], alice.address))
      .to.be.revertedWithCustomError(chain.bridge, "NotOwner")
      .withArgs(alice.address, second.recipient);
    const call = chain.bridge.interface.encodeFunctionData("withdrawTo", [
      id,
      { ...state },
      second,
      [...proofs[1]],
      alice.address,
    ]);
    await expect(wrapper.connect(chain.people[3]).forward(chain.bridge, call)).to.changeEtherBalances(
      chain.ethers,
      [alice, chain.bridge],
      [AMOUNT, -AMOUNT],
    );
  });

  it("pays no more than was deposited, whatever a state says", async () => {
    const chain = await deploy();
    const [alice] = chain.people;
    await chain.bridge.deposit(alice.address, { value: 5n });
    const withdrawal = { index: 0, token: ETHER, recipient: alice.address, amount: 6n };
    const { id, state, proofs, confirm } = await settle(chain, [leafOfWithdrawal(withdrawal)]);
    await confirm();
    await expect(chain.bridge.withdraw(id, state, withdrawal, proofs[0]))
      .to.be.revertedWithCustomError(chain.bridge, "NotHeld")
      .withArgs(ETHER, 6, 5);
  });

  it("is made by its factory only, as the messenger is", async () => {
    const chain = await deploy();
    await expect(chain.bridge.initialize(ZeroAddress, ZeroAddress)).to.be.revertedWithCustomError(
      chain.bridge,
      "InvalidInitialization",
    );
    await expect(chain.messenger.initialize(ZeroAddress)).to.be.revertedWithCustomError(
      chain.messenger,
      "InvalidInitialization",
    );
    const genesis = tallyProgram.start().state();
    await expect(chain.rollup.initialize(genesis)).to.be.revertedWithCustomError(chain.rollup, "InvalidInitialization");
    const { factory } = chain.parts;
    for (const [name, address, call] of [
      ["Rollup", await factory.ROLLUP(), [genesis]],
      ["Bridge", await factory.BRIDGE(), [ZeroAddress, ZeroAddress]],
      ["Messenger", await factory.MESSENGER(), [ZeroAddress]],
    ] as const) {
      const implementation = await chain.ethers.getContractAt(name, address);
      await expect(implementation.getFunction("initialize")(...call)).to.be.revertedWithCustomError(
        implementation,
        "InvalidInitialization",
      );
    }
  });
});
