import { expect } from "chai";
import { concat, getAddress, parseEther } from "ethers";

import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { hashInputHeader } from "../../plugin/input.js";
import { ETHER, leafOfMessage, leafOfWithdrawal, settle, type GivenMessage } from "../helpers/outputs.js";
import { settlementFixture } from "../helpers/settlement.js";

const deploy = settlementFixture();
const ALICE = getAddress(`0x${"a1".repeat(20)}`);

/** A confirmed state with two messages to a contract, and what executes them. */
async function start() {
  const chain = await deploy();
  const target = await chain.ethers.deployContract("MessageTarget", [chain.messenger]);
  const to = await target.getAddress();
  const call = (value: bigint): string => target.interface.encodeFunctionData("take", [value]);
  const messages: GivenMessage[] = [
    { index: 0, sender: ALICE, target: to, data: call(7n) },
    { index: 1, sender: ETHER, target: to, data: call(8n) },
    { index: 2, sender: ALICE, target: chain.people[0].address, data: "0x" },
  ];
  const { id, state, proofs, confirm } = await settle(chain, messages.map(leafOfMessage));
  const execute = (index: number, message = messages[index], proof = proofs[index]) =>
    chain.messenger.connect(chain.people[index]).execute(id, state, message, proof);
  return { chain, messenger: chain.messenger, target, messages, id, state, proofs, confirm, execute };
}

describe("Messenger", () => {
  it("calls what somebody on the chain has named, in their name, once", async () => {
    const { messenger, target, confirm, execute, id } = await start();
    await expect(execute(0)).to.be.revertedWithCustomError(messenger, "AssertionNotConfirmed").withArgs(id);
    await confirm();
    await expect(execute(0))
      .to.emit(messenger, "MessageExecuted")
      .withArgs(0, ALICE, await target.getAddress(), `0x${"8".padStart(64, "0")}`);
    await execute(1);
    const [senders, values] = await target.taken();
    expect([[...senders], [...values]]).to.deep.equal([
      [ALICE, ETHER],
      [7n, 8n],
    ]);
    expect([await messenger.isExecuted(0), await messenger.isExecuted(2)]).to.deep.equal([true, false]);
    for (const index of [0, 1]) {
      await expect(execute(index)).to.be.revertedWithCustomError(messenger, "AlreadyExecuted").withArgs(index);
    }
    await expect(messenger.sender()).to.be.revertedWithCustomError(messenger, "NoSender");
  });

  it("can be told again where a call has failed, or a contract was not there", async () => {
    const { chain, messenger, target, confirm, execute } = await start();
    await confirm();
    await target.refuse(true);
    await expect(execute(0))
      .to.be.revertedWithCustomError(messenger, "CallFailed")
      .withArgs(0, target.interface.encodeErrorResult("Refused", [7n]));
    await target.refuse(false);
    await execute(0);
    await expect(execute(2)).to.be.revertedWithCustomError(messenger, "NoContract").withArgs(chain.people[0].address);
  });

  it("executes nothing from within what it executes", async () => {
    const { messenger, target, messages, id, state, proofs, confirm, execute } = await start();
    await confirm();
    const call = (index: number) =>
      messenger.interface.encodeFunctionData("execute", [id, { ...state }, messages[index], [...proofs[index]]]);
    for (const [index, again] of [
      [0, 1],
      [1, 1],
    ] as const) {
      await target.setAgain(call(again));
      await execute(index);
      expect((await target.answer()).slice(0, 10)).to.equal(
        messenger.interface.getError("ReentrancyGuardReentrantCall")?.selector,
      );
    }
    const [senders] = await target.taken();
    expect([...senders]).to.deep.equal([ALICE, ETHER]);
  });

  it("refuses a message with any part changed, and a proof with any part corrupted", async () => {
    const { chain, messenger, messages, id, state, proofs, confirm, execute } = await start();
    await confirm();
    for (const change of [
      { index: 1 },
      { sender: ETHER },
      { target: ALICE },
      { data: messages[1].data },
      { data: `${messages[0].data}00` },
      { data: "0x" },
    ]) {
      await expect(execute(0, { ...messages[0], ...change })).to.be.revertedWithCustomError(
        messenger,
        "WrongOutputProof",
      );
    }
    for (let k = 0; k < 32; k++) {
      const bytes = hexToBytes(proofs[0][k]);
      bytes[k] ^= 1;
      const proof = proofs[0].map((word, j) => (j === k ? (concat([bytes]) as Hex) : word));
      await expect(execute(0, messages[0], proof)).to.be.revertedWithCustomError(messenger, "WrongOutputProof");
    }
    await expect(execute(0, messages[0], proofs[0].slice(1))).to.be.revertedWithCustomError(
      messenger,
      "WrongProofLength",
    );
    await expect(
      messenger.execute(id, { ...state, outputRoot: ZERO_WORD }, messages[0], proofs[0]),
    ).to.be.revertedWithCustomError(messenger, "WrongOutputState");
    await expect(messenger.execute(chain.genesis, state, messages[0], proofs[0])).to.be.revertedWithCustomError(
      messenger,
      "WrongOutputState",
    );
  });

  it("moves nothing that the bridge holds, whatever it is told to call", async () => {
    const chain = await deploy();
    const { bridge, messenger } = chain;
    const [alice] = chain.people;
    const token = await chain.ethers.deployContract("OddToken");
    await token.mint(alice.address, 100n);
    await token.connect(alice).approve(bridge, 100n);
    await bridge.connect(alice).depositToken(token, alice.address, 100n);
    await bridge.deposit(alice.address, { value: parseEther("1") });
    const withdrawal = { index: 0, token: ETHER, recipient: alice.address, amount: 1n };
    const calls = [
      [token, token.interface.encodeFunctionData("transferFrom", [await bridge.getAddress(), ALICE, 100n])],
      [token, token.interface.encodeFunctionData("transfer", [ALICE, 1n])],
      [bridge, bridge.interface.encodeFunctionData("initialize", [ETHER, ETHER])],
      [chain.inbox, chain.inbox.interface.encodeFunctionData("sendDeposit", [alice.address, "0x"])],
    ] as const;
    const messages = await Promise.all(
      calls.map(async ([contract, data], at) => ({
        index: at + 1,
        sender: ALICE,
        target: await contract.getAddress(),
        data,
      })),
    );
    const leaves = [leafOfWithdrawal(withdrawal), ...messages.map(leafOfMessage)];
    const { id, state, proofs, confirm } = await settle(chain, leaves);
    await confirm();
    for (const message of messages) {
      await expect(messenger.execute(id, state, message, proofs[message.index])).to.be.revertedWithCustomError(
        messenger,
        "CallFailed",
      );
    }
    // An output of one kind is none of the other.
    await expect(
      messenger.execute(id, state, { index: 0, sender: ETHER, target: alice.address, data: "0x" }, proofs[0]),
    ).to.be.revertedWithCustomError(messenger, "WrongOutputProof");
  });

  it("is how a contract's message comes back: a contract can send to the guest, which learns who it was", async () => {
    const { chain, messenger, confirm, id, state, proofs, messages } = await start();
    await confirm();
    const wrapper = await chain.ethers.deployContract("Wrapper");
    const send = chain.inbox.interface.encodeFunctionData("sendMessage", ["0xc0de"]);
    await wrapper.forward(chain.inbox, send);
    await chain.inbox.forceInclude([]);
    const waiting = (await chain.queued()).slice(Number(await chain.inbox.nextMessage()));
    expect(waiting.map(({ kind, sender }) => [kind, sender])).to.deep.equal([[1, await wrapper.getAddress()]]);
    await chain.batch([], waiting);
    const input = (await chain.inputs()).find(({ header }) => header.kind === "message")!;
    expect(input.header.sender).to.equal(await wrapper.getAddress());
    expect(await chain.inbox.inputHash(input.header.number)).to.equal(hashInputHeader(input.header));
    await messenger.execute(id, state, messages[0], proofs[0]);
  });
});
