import { expect } from "chai";
import { randomBytes, ZeroHash } from "ethers";

import { ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { hashInputHeader } from "../../plugin/input.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import { DAY, settlementFixture, words } from "../helpers/settlement.js";

const deploy = settlementFixture();

describe("Inbox", () => {
  it("orders batches and messages as one chain of headers that events alone give back", async () => {
    const chain = await deploy();
    const [alice] = chain.people;
    await chain.inbox.connect(alice).sendMessage("0x1234");
    await chain.batch(words(3));
    await chain.bridge.connect(alice).deposit(alice.address, { value: 5n });
    await chain.batch(words(2), await chain.queued());
    const inputs = await chain.inputs();
    expect(inputs.map(({ header }) => header.kind)).to.deep.equal(["batch", "message", "deposit", "batch"]);
    expect(await chain.inbox.count()).to.equal(4n);
    let previous: Hex = ZERO_WORD;
    for (const [number, { header, data }] of inputs.entries()) {
      expect(header.previous).to.equal(previous);
      expect(header.number).to.equal(BigInt(number));
      expect(header.commitment).to.equal(new WordTree(data).root);
      expect(header.length).to.equal(BigInt(data.length));
      expect(header.budget).to.equal(header.kind === "batch" ? 60n : 20n);
      previous = hashInputHeader(header);
      expect(await chain.inbox.inputHash(number)).to.equal(previous);
    }
    expect(await chain.inbox.inputHash(4)).to.equal(ZeroHash);
    expect(inputs[1].header.sender).to.equal(alice.address);
    expect(inputs[2].header.sender).to.equal(alice.address);
    expect(inputs[3].header.sender).to.equal(chain.sequencer.address);
  });

  it("takes batches from the sequencer only, and deposits from the bridge only", async () => {
    const chain = await deploy();
    const [alice] = chain.people;
    await expect(chain.inbox.connect(alice).appendBatch(0, 0, "0x00", []))
      .to.be.revertedWithCustomError(chain.inbox, "NotSequencer")
      .withArgs(alice.address, chain.sequencer.address);
    await expect(chain.inbox.connect(alice).sendDeposit(alice.address, "0x00"))
      .to.be.revertedWithCustomError(chain.inbox, "NotBridge")
      .withArgs(alice.address, await chain.bridge.getAddress());
  });

  it("refuses a source that the chain does not have", async () => {
    const chain = await deploy();
    await expect(chain.inbox.connect(chain.sequencer).appendBatch(0, 1, "0x00", []))
      .to.be.revertedWithCustomError(chain.inbox, "UnknownSource")
      .withArgs(1, 1);
  });

  it("bounds messages and batches", async () => {
    const chain = await deploy();
    const message = new Uint8Array(2 ** 16 + 1);
    await expect(chain.inbox.sendMessage(message))
      .to.be.revertedWithCustomError(chain.inbox, "MessageTooLong")
      .withArgs(2 ** 16 + 1, 2 ** 16);
    await chain.inbox.sendMessage(message.subarray(1));
    await expect(chain.parts.source.commit(new Uint8Array(2 ** 18 + 1)))
      .to.be.revertedWithCustomError(chain.parts.source, "BatchTooLong")
      .withArgs(2 ** 18 + 1, 2 ** 18);
  });

  it("appends messages only in the queue's order and with the fields that were queued", async () => {
    const chain = await deploy();
    await chain.inbox.sendMessage("0x01");
    await chain.inbox.sendMessage("0x0202");
    const [first, second] = await chain.queued();
    const wrong = (given: object[], message = 0) =>
      expect(chain.batch(words(1), given as never))
        .to.be.revertedWithCustomError(chain.inbox, "WrongMessage")
        .withArgs(message);
    await wrong([second]);
    await wrong([first, first], 1);
    await wrong([{ ...first, kind: 2 }]);
    await wrong([{ ...first, sender: chain.people[3].address }]);
    await wrong([{ ...first, commitment: second.commitment }]);
    await wrong([{ ...first, length: 2 }]);
    await expect(chain.batch(words(1), [first, second, second]))
      .to.be.revertedWithCustomError(chain.inbox, "QueueExhausted")
      .withArgs(3);
    await chain.batch(words(1), [first]);
    await wrong([first], 1);
    await chain.batch(words(1), [second]);
    expect(await chain.inbox.nextMessage()).to.equal(2n);
  });

  it("lets anyone force messages after the delay, and nobody but the sequencer before", async () => {
    const chain = await deploy();
    const [alice, bob] = chain.people;
    await chain.inbox.connect(alice).sendMessage("0x01");
    const due = BigInt((await chain.time.latest()) + DAY);
    expect(await chain.inbox.dueAt(0)).to.equal(due);
    await chain.at(due - 100n);
    await chain.inbox.connect(alice).sendMessage("0x02");
    const queued = await chain.queued();
    await chain.at(due - 1n);
    await expect(chain.inbox.connect(bob).forceInclude(queued.slice(0, 1)))
      .to.be.revertedWithCustomError(chain.inbox, "NotOverdue")
      .withArgs(0, due);
    await chain.at(due);
    await expect(chain.inbox.connect(bob).forceInclude(queued)).to.be.revertedWithCustomError(
      chain.inbox,
      "NotOverdue",
    );
    await chain.inbox.connect(bob).forceInclude(queued.slice(0, 1));
    expect(await chain.inbox.count()).to.equal(1n);
    await expect(chain.inbox.connect(bob).forceInclude(queued))
      .to.be.revertedWithCustomError(chain.inbox, "QueueExhausted")
      .withArgs(2);
    await chain.inbox.connect(chain.sequencer).forceInclude(queued.slice(1));
    expect((await chain.inputs()).map(({ data }) => data[0])).to.deep.equal([1, 2]);
  });

  it("refuses a batch that would leave an overdue message behind", async () => {
    const chain = await deploy();
    await chain.inbox.sendMessage("0x01");
    await chain.inbox.sendMessage("0x02");
    const queued = await chain.queued();
    const due = await chain.inbox.dueAt(1);
    await chain.at(due);
    await expect(chain.batch(words(1), queued.slice(0, 1)))
      .to.be.revertedWithCustomError(chain.inbox, "OverdueMessageLeft")
      .withArgs(1, due);
    await chain.at(due + 5n);
    await chain.batch(words(1), queued);
    expect(await chain.inbox.count()).to.equal(3n);
  });

  it("takes a batch at the place that it was made for, and at no other", async () => {
    const chain = await deploy();
    const inbox = chain.inbox.connect(chain.sequencer);
    await chain.inbox.sendMessage("0x01");
    const queued = await chain.queued();
    for (const [number, messages] of [
      [0, queued],
      [2, queued],
      [1, []],
    ] as const) {
      await expect(inbox.appendBatch(number, 0, "0x00", [...messages]))
        .to.be.revertedWithCustomError(inbox, "NotNextInput")
        .withArgs(number, messages.length);
    }
    expect([await inbox.count(), await inbox.nextMessage()]).to.deep.equal([0n, 0n]);
    await inbox.appendBatch(1, 0, "0x00", [...queued]);
    await inbox.appendBatch(2, 0, "0x00", []);
    expect(await inbox.count()).to.equal(3n);
  });

  it("goes on without a sequencer", async () => {
    const chain = await deploy();
    const [alice] = chain.people;
    for (let round = 0; round < 3; round++) {
      await chain.inbox.connect(alice).sendMessage(randomBytes(50));
      await chain.after(DAY);
      await chain.inbox.connect(alice).forceInclude((await chain.queued()).slice(-1));
    }
    expect(await chain.inbox.count()).to.equal(3n);
  });
});
