import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";

import { encodeLedgerTransaction, LedgerOutputs, signLedgerTransaction } from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import { fieldsOf } from "../../plugin/node/derive.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram, LOOP, loops } from "../helpers/chains.js";
import { SMALL } from "./chains.js";

const ETHER = 10n ** 18n;

async function startLoop() {
  const connection = await network.create();
  return { connection, chain: await connection.rollup.deploy(SMALL, LOOP) };
}

/** A chain that runs the ledger, of which withdrawals by Alice to these recipients, an ether each, are confirmed. */
async function withdrawn(recipientsOf: (ethers: Connected["ethers"]) => Promise<Hex[]>) {
  const connection = await network.create();
  const recipients = await recipientsOf(connection.ethers);
  const config = { ...SMALL, inputBudget: { batch: 2 ** 18 - 1, message: 200_000 } };
  const chain = await connection.rollup.deploy(config, await guestProgram("ledger"));
  const [alice, sequencer, honest] = [await chain.stranger(), await chain.sequencer(), await chain.honest()];
  const user = await chain.user(alice);
  await user.deposit(BigInt(recipients.length) * ETHER);
  await sequencer.drain();
  for (const [nonce, to] of recipients.entries()) sequencer.submit(await signed(chain, alice, to, BigInt(nonce)));
  await sequencer.postBatch();
  await honest.assert();
  await honest.assert();
  await chain.playDispute([honest]);
  const withdrawals = new LedgerOutputs(chain.node.executor.executed());
  const { state } = chain.node.assertions.confirmed;
  const proofOf = (index: bigint) => withdrawals.proveWithdrawal(state, index);
  return { connection, chain, user, proofOf, recipients };
}

type Connected = Awaited<ReturnType<typeof network.create>>;

async function signed(
  { chain: { provider, addresses } }: TestChain,
  from: HardhatEthersSigner,
  to: Hex,
  nonce: bigint,
): Promise<Uint8Array> {
  const domain = { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
  const transaction = { to, amount: ETHER, nonce, action: "withdrawal" as const };
  return encodeLedgerTransaction(await signLedgerTransaction(from, domain, transaction));
}

describe("a sequencer that stops", () => {
  it("is waited for until the delay is over, and not a second longer", async () => {
    const { chain } = await startLoop();
    const user = await chain.user();
    await user.sendMessage(loops(1));
    await chain.node.sync();
    const [message] = chain.node.derivation.waiting;
    const due = message.queuedAt + chain.chain.parameters.forceInclusionAfter;
    const { inbox } = chain.chain.contracts;
    const anyone = await chain.stranger();
    expect(await user.forceInclude()).to.equal(undefined);
    await chain.timeTravel.nextBlockAt(due - 1n);
    await expect(inbox.connect(anyone).forceInclude([fieldsOf(message)]))
      .to.be.revertedWithCustomError(inbox, "NotOverdue")
      .withArgs(0n, due);
    await chain.timeTravel.nextBlockAt(due);
    await inbox.connect(anyone).forceInclude([fieldsOf(message)]);
    await chain.node.sync();
    expect(chain.node.executor.executed()).to.have.length(1);
  });

  it("does not stop disputes: a lie about a forced input is refuted, and the truth confirmed", async () => {
    const { chain } = await startLoop();
    const [user, honest] = [await chain.user(), await chain.honest()];
    for (const times of [20, 50]) await user.sendMessage(loops(times));
    await chain.timeTravel.passForcedInclusion();
    await user.forceInclude();
    const parent = await honest.assert();
    const liar = await chain.liar({ seed: 3, parent });
    const lie = await liar.assert();
    const truth = await honest.assert();
    expect((await chain.playDispute([honest, liar])).winner).to.equal("honest");
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
  });

  it("cannot be helped by a flood of messages: those that are overdue are forced in as many at a time as a block holds", async function () {
    this.timeout(120_000);
    const { chain } = await startLoop();
    const [user, flooder] = [await chain.user(), await chain.stranger()];
    const { inbox } = chain.chain.contracts;
    const sent = [];
    for (let k = 0; k < 600; k++) sent.push(await inbox.connect(flooder).sendMessage("0x", { gasLimit: 200_000 }));
    await Promise.all(sent.map((transaction) => transaction.wait()));
    await user.sendMessage(loops(1));
    await chain.timeTravel.passForcedInclusion();
    let rounds = 0;
    while ((await user.forceInclude()) !== undefined) rounds += 1;
    expect(rounds).to.be.greaterThan(1);
    expect(chain.node.derivation.waiting).to.have.length(0);
    expect(chain.node.executor.executed()).to.have.length(601);
  });

  it("cannot leave an overdue message behind when it comes back", async () => {
    const { chain } = await startLoop();
    const [user, sequencer] = [await chain.user(), await chain.sequencer()];
    await user.sendMessage(loops(1));
    await chain.timeTravel.passForcedInclusion();
    const { inbox } = chain.chain.contracts;
    const account = sequencer.sender.signer as HardhatEthersSigner;
    await expect(
      inbox.connect(account).appendBatch(await inbox.count(), 0, loops(1), []),
    ).to.be.revertedWithCustomError(inbox, "OverdueMessageLeft");
    sequencer.submit(loops(1));
    await sequencer.postBatch();
    expect(chain.node.executor.executed()).to.have.length(2);
  });
});

describe("a withdrawal from the ledger", () => {
  it("is paid once, to its recipient, with a proof of which no part is changed", async () => {
    const bob: Hex = `0x${"b0".repeat(20)}`;
    const { connection, chain, user, proofOf } = await withdrawn(() => Promise.resolve([bob]));
    const { withdrawal, proof } = proofOf(0n);
    const bridge = chain.chain.contracts.bridge.connect(await chain.stranger());
    const { id, state } = chain.node.assertions.confirmed;
    for (let height = 0; height < proof.length; height++) {
      const bad = proof.map((sibling, place) => (place === height ? id : sibling));
      await expect(bridge.withdraw(id, state, withdrawal, bad)).to.be.revertedWithCustomError(
        bridge,
        "WrongOutputProof",
      );
    }
    for (const change of [{ amount: withdrawal.amount + 1n }, { index: 1n }, { recipient: id.slice(0, 42) as Hex }]) {
      await expect(bridge.withdraw(id, state, { ...withdrawal, ...change }, proof)).to.be.revertedWithCustomError(
        bridge,
        "WrongOutputProof",
      );
    }
    await expect(bridge.withdraw(id, { ...state, outputRoot: id }, withdrawal, proof)).to.be.revertedWithCustomError(
      bridge,
      "WrongOutputState",
    );
    await user.withdraw(withdrawal, proof);
    expect(await connection.ethers.provider.getBalance(bob)).to.equal(ETHER);
    await expect(bridge.withdraw(id, state, withdrawal, proof))
      .to.be.revertedWithCustomError(bridge, "AlreadyWithdrawn")
      .withArgs(0n);
    expect(await connection.ethers.provider.getBalance(chain.chain.addresses.bridge)).to.equal(0n);
  });

  it("to a receiver that reverts can be tried again, and keeps nobody else from theirs", async () => {
    const bob: Hex = `0x${"b0".repeat(20)}`;
    const { connection, chain, user, proofOf, recipients } = await withdrawn(async (ethers) => {
      const wrapper = await ethers.deployContract("Wrapper");
      await wrapper.refuse(true);
      return [(await wrapper.getAddress()).toLowerCase() as Hex, bob];
    });
    const [refused, paid] = [proofOf(0n), proofOf(1n)];
    const bridge = chain.chain.contracts.bridge.connect(await chain.stranger());
    const { id, state } = chain.node.assertions.confirmed;
    await expect(bridge.withdraw(id, state, refused.withdrawal, refused.proof)).to.be.revertedWithCustomError(
      bridge,
      "PaymentFailed",
    );
    await user.withdraw(paid.withdrawal, paid.proof);
    expect(await connection.ethers.provider.getBalance(bob)).to.equal(ETHER);
    const wrapper = await connection.ethers.getContractAt("Wrapper", recipients[0]);
    await wrapper.refuse(false);
    await user.withdraw(refused.withdrawal, refused.proof);
    expect(await connection.ethers.provider.getBalance(recipients[0])).to.equal(ETHER);
  });
});
