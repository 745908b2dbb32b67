import { expect } from "chai";
import { keccak256 } from "ethers";

import { hexToBytes, type Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import { Sender } from "../../plugin/node/sender.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, LOOP, loops, programOf, PREIMAGES } from "../helpers/chains.js";

/** What a promise throws. */
async function failureOf(work: Promise<unknown>): Promise<{ code?: string; reason?: string; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code?: string; message: string };
  }
  throw new Error("It did not fail.");
}

async function post(chain: TestChain, ...times: number[]): Promise<void> {
  const sequencer = await chain.sequencer();
  for (const each of times) {
    sequencer.submit(loops(each));
    await sequencer.postBatch();
  }
}

describe("a validator", () => {
  it("asserts on its own unconfirmed assertions, and confirms them in their order", async () => {
    const chain = await deployTestChain();
    const { validator } = await chain.honest();
    await post(chain, 3, 4, 5);
    const first = await validator.assert();
    const second = await validator.assert();
    expect(await validator.assert()).to.equal(undefined);
    const { end, parent } = chain.node.assertions.get(second!.assertion);
    expect(parent?.id).to.equal(first?.assertion);
    expect(end).to.equal(3n);
    expect(await validator.confirm()).to.deep.equal([]);
    await chain.timeTravel.passWindow();
    const confirmed = await validator.confirm();
    expect(confirmed.map(({ assertion }) => assertion)).to.deep.equal([first?.assertion, second?.assertion]);
  });

  it("does not assert on a false assertion, and takes over a true one that somebody else has made", async () => {
    const chain = await deployTestChain();
    await post(chain, 30, 4);
    const [one, other, liar] = [await chain.honest(), await chain.honest(), await chain.liar({ seed: 2 })];
    const lie = await liar.assert();
    const truth = await one.assert();
    const next = await other.assert();
    expect(chain.node.assertions.get(next).parent?.id).to.equal(truth).and.not.equal(lie);
  });

  it("tells what an assertion will cost before it is paid for", async () => {
    const chain = await deployTestChain();
    await post(chain, 3);
    const { validator } = await chain.honest();
    const preflight = await validator.preflight();
    expect(preflight?.cost.value).to.equal(chain.config.bonds.assertion);
    expect(preflight?.affordable).to.equal(true);
    const done = await validator.assert();
    expect(done!.spent.gas <= preflight!.cost.gas).to.equal(true);
  });
});

describe("a sender", () => {
  it("refuses what the account cannot pay, before anything is spent", async () => {
    const chain = await deployTestChain({ bonds: { assertion: "20000 ether" } });
    await post(chain, 3);
    const { validator } = await chain.honest();
    const sequencerBlock = await chain.chain.provider.getBlockNumber();
    expect(await failureOf(validator.assert())).to.include({ code: "INSUFFICIENT_FUNDS" });
    expect(await chain.chain.provider.getBlockNumber()).to.equal(sequencerBlock);
  });

  it("explains a refusal by the contract's error and its arguments", async () => {
    const chain = await deployTestChain();
    const sender = new Sender(await chain.stranger());
    const refused = sender.send(
      "batch",
      "post",
      chain.chain.contracts.inbox.appendBatch.populateTransaction(0, 0, "0x", []),
    );
    const failure = await failureOf(refused);
    expect(failure.code).to.equal("REVERTED");
    expect(failure.reason).to.contain("NotSequencer(0x");
  });
});

describe("a node", () => {
  it("starts anew when the settlement layer has replaced what it read", async () => {
    const chain = await deployTestChain();
    const { provider } = chain.chain;
    await post(chain, 3);
    const snapshot = await send(provider, "evm_snapshot");
    await post(chain, 4, 5);
    await chain.node.sync();
    expect(chain.node.executor.inputCount).to.equal(3n);
    await send(provider, "evm_revert", snapshot);
    await post(chain, 9);
    expect(chain.node.executor.inputCount).to.equal(2n);
    expect(chain.node.derivation.inputs[1].data).to.deep.equal(loops(9));
  });

  it("executes every input once, whoever asks for it at the same time", async () => {
    const chain = await deployTestChain();
    const sequencer = await chain.sequencer();
    for (const times of [100_000, 2]) {
      sequencer.submit(loops(times));
      await sequencer.postBatch();
    }
    const node = new RollupNode(chain.chain, LOOP);
    await Promise.all([node.sync(), node.sync(), node.sync()]);
    expect(node.executor.inputCount).to.equal(2n);
    expect(node.executor.boundary(2n)?.hash).to.equal(chain.node.executor.boundary(2n)?.hash);
  });

  it("refuses a guest that is not the chain's", async () => {
    const chain = await deployTestChain();
    const other = programOf(`(module (func (export "handle")))`);
    expect(() => new RollupNode(chain.chain, other))
      .to.throw("not the one")
      .with.property("code", "GUEST_MISMATCH");
  });

  it("gives guests the preimages that were published before their inputs, and no others", async () => {
    const chain = await deployTestChain({}, PREIMAGES);
    const preimage = "0x1234";
    const { preimages } = chain.chain.contracts;
    const publish = await preimages.publish.populateTransaction(preimage);
    const sequencer = await chain.sequencer();
    const batch = async (): Promise<void> => {
      sequencer.submit(hexToBytes(keccak256(preimage) as Hex));
      await sequencer.postBatch();
    };
    await batch();
    await (await (await chain.stranger()).sendTransaction(publish)).wait();
    await batch();
    expect(chain.node.executor.executed().map(({ outcome }) => outcome)).to.deep.equal(["trapped", "returned"]);
    const published = chain.node.executor.boundary(2n)?.state.outputRoot;
    expect(published).to.equal(`0x${"00".repeat(31)}02`);
  });
});

async function send(provider: TestChain["chain"]["provider"], method: string, ...params: unknown[]): Promise<unknown> {
  const withSend = provider as unknown as { send(method: string, params: unknown[]): Promise<unknown> };
  return withSend.send(method, params);
}
