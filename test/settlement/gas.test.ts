import { expect } from "chai";
import { concat, keccak256, randomBytes, toBeHex, ZeroHash, type ContractTransactionReceipt } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { hashInputHeader, INPUT_KINDS } from "../../plugin/input.js";
import { Disputes, type Made } from "../helpers/disputes.js";
import { ETHER, leafOfMessage, leafOfWithdrawal, settle } from "../helpers/outputs.js";
import { DAY, mined, settlementFixture, words } from "../helpers/settlement.js";
import { FalseTrace, type Trace } from "../helpers/traces.js";

const deploy = settlementFixture({ inputBits: 12, stepBits: 36, maxInputs: 4096, batchBudget: 2n ** 30n });

const deployRejecting = settlementFixture({ messageBudget: 3n, maxInputs: 64, inputBits: 12 });

/** A whole transaction's gas is at most `limit`. */
function expectGas(receipt: ContractTransactionReceipt, limit: number): void {
  expect(Number(receipt.gasUsed)).to.be.at.most(limit);
}

/** A machine that is never idle: every position has a state of its own. */
function busy(truth: Trace, salt: string): Trace {
  const hashAt = (position: bigint): Hex =>
    position === 0n ? truth.hashAt(0n) : `0x00${keccak256(toBeHex(position, 8) + salt).slice(4)}`;
  return { end: truth.end, stateAt: (position) => truth.stateAt(position), hashAt };
}

describe("what moves cost", () => {
  it("keeps batches at the calldata floor", async () => {
    const chain = await deploy();
    const inbox = chain.inbox.connect(chain.sequencer);
    await mined(inbox.appendBatch(0, 0, randomBytes(10), []));
    expectGas(await mined(inbox.appendBatch(1, 0, randomBytes(1000), [])), 156_000);
    expectGas(await mined(inbox.appendBatch(2, 0, randomBytes(100_000), [])), 4_110_000);
  });

  it("keeps deposits, messages, assertions and confirmations cheap", async () => {
    const chain = await deploy();
    const disputes = new Disputes(chain);
    const [alice] = chain.people;
    const bridge = chain.bridge.connect(alice);
    expectGas(await mined(bridge.deposit(alice.address, { value: 1n })), 115_000);
    expectGas(await mined(bridge.deposit(alice.address, { value: 1n })), 98_000);
    await chain.batch(words(3), await chain.queued());
    const truth = await disputes.truth();
    const made = await disputes.assert(alice, truth);
    expectGas(made.receipt, 150_000);
    await chain.after(8 * DAY);
    expectGas(await mined(chain.rollup.confirm(made.id)), 95_000);
  });

  it("keeps tokens, payments, messages and the way through rejected inputs cheap", async () => {
    const chain = await deployRejecting();
    const [alice] = chain.people;
    const { bridge, messenger } = chain;
    const token = await chain.ethers.deployContract("HostileToken");
    await token.mint(alice.address, 100n);
    await token.connect(alice).approve(bridge, 100n);
    const depositToken = () => mined(bridge.connect(alice).depositToken(token, alice.address, 5n));
    await depositToken();
    expectGas(await depositToken(), 112_000);
    for (let count = 0; count < 99; count++) await mined(bridge.deposit(alice.address, { value: 1n }));
    const target = await chain.ethers.deployContract("MessageTarget", [messenger]);
    const data = target.interface.encodeFunctionData("take", [7n]);
    const withdrawal = { index: 0, token: await token.getAddress(), recipient: alice.address, amount: 4n };
    const message = { index: 1, sender: ETHER, target: await target.getAddress(), data };
    const { id, state, proofs, confirm } = await settle(chain, [leafOfWithdrawal(withdrawal), leafOfMessage(message)]);
    await confirm();
    expectGas(await mined(bridge.withdraw(id, state, withdrawal, proofs[0])), 125_000);
    expectGas(await mined(messenger.execute(id, state, message, proofs[1])), 180_000);
    const rejected = (await chain.inputs()).filter(({ header }) => header.kind === "deposit");
    const hashes = rejected.map(({ header }) => hashInputHeader(header));
    const first = keccak256(concat([ZeroHash, hashes[0]]));
    const near = await mined(bridge.vouch(id, state, state.rejections, []));
    const far = await mined(bridge.vouch(id, state, first, hashes.slice(1)));
    expectGas(near, 72_000);
    expect(Number(far.gasUsed - near.gasUsed) / 100, "each input that is gone past").to.be.below(1_300);
    const header = { ...rejected[0].header, kind: INPUT_KINDS.indexOf("deposit") };
    expectGas(await mined(bridge.reclaim(header, rejected[0].data, ZeroHash)), 91_000);
  });

  it("keeps a claim near what its calldata costs", async () => {
    const chain = await deploy();
    const disputes = new Disputes(chain);
    const [liar, honest] = chain.people;
    await chain.batch(words(3));
    const truth = await disputes.truth();
    const assertion = await disputes.assert(liar, new FalseTrace(truth, 2n));
    const first = await disputes.claim(honest, assertion.id, truth);
    expectGas(first.receipt, 80_000);
    expectGas((await disputes.answer(liar, first, new FalseTrace(truth, 2n))).receipt, 90_000);
    const full = await disputes.answer(liar, first, busy(truth, "01"), 0);
    expectGas(full.receipt, 141_000);
    expectGas((await disputes.answer(honest, full, busy(truth, "02"), 31)).receipt, 150_000);
  });

  it("resolves a branch of eight levels in one transaction", async () => {
    const chain = await deploy();
    const disputes = new Disputes(chain);
    const [liar, honest] = chain.people;
    await chain.batch(words(40));
    const truth = await disputes.truth();
    const lie = new FalseTrace(truth, 20n);
    const assertion = await disputes.assert(liar, lie);
    const claims: Made[] = await disputes.descend(await disputes.claim(honest, assertion.id, truth), [
      [liar, lie],
      [honest, truth],
    ]);
    expect(claims.length).to.equal(8);
    const proof = await disputes.prove(honest, claims[7], truth);
    await chain.after(3 * DAY);
    const resolution = await disputes.resolve(...claims.slice(0, 7).reverse());
    expectGas(resolution, 160_000);
    const all = [...claims.map(({ receipt }) => receipt), proof, resolution];
    expect(Number(all.reduce((sum, { gasUsed }) => sum + gasUsed, 0n))).to.be.at.most(1_000_000);
  });
});
