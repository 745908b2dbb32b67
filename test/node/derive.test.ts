import { expect } from "chai";

import { Derivation } from "../../plugin/node/derive.js";
import { EventReader, type ChainEvent } from "../../plugin/node/eventReader.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, loops } from "../helpers/chains.js";

describe("a chain's inputs", () => {
  let chain: TestChain;
  let events: ChainEvent[];

  before(async () => {
    chain = await deployTestChain();
    const [user, sequencer] = [await chain.user(), await chain.sequencer()];
    await user.sendMessage(loops(3));
    await user.deposit(5n);
    sequencer.submit(loops(4));
    await sequencer.postBatch();
    await user.sendMessage(new Uint8Array());
    await sequencer.drain();
    await sequencer.postBatch();
    await user.sendMessage(loops(1));
    const inbox = new Map([[chain.chain.addresses.inbox, chain.chain.contracts.inbox.interface]]);
    events = await new EventReader(chain.chain.provider, inbox, chain.chain.fromBlock).read();
  });

  function derive(given: readonly ChainEvent[]): Derivation {
    const derivation = new Derivation();
    given.forEach((event) => derivation.take(event));
    return derivation;
  }

  it("are derived from events alone: messages in their order, batches after them", async () => {
    const derivation = derive(events);
    expect(derivation.inputs.map(({ header }) => header.kind)).to.deep.equal([
      "message",
      "deposit",
      "batch",
      "message",
      "batch",
    ]);
    expect(derivation.inputs[0].data).to.deep.equal(loops(3));
    expect(derivation.inputs[4].data.length).to.equal(0);
    expect(derivation.waiting.length).to.equal(1);
    expect(await chain.chain.contracts.inbox.inputHash(4)).to.equal(derivation.lastInput);
  });

  it("are refused if an event is left out, doubled or out of order", () => {
    const lastAppended = events.findLastIndex(({ description }) => description.name === "BatchAppended");
    for (let index = 0; index < lastAppended; index++) {
      const left = events.filter((_, at) => at !== index);
      expect(() => derive(left), `without event ${index}`).to.throw("contradict");
      expect(() => derive([...events.slice(0, index + 1), ...events.slice(index)]), `event ${index} twice`).to.throw(
        "contradict",
      );
    }
  });

  it("are refused if their bytes are not what their header commits to", () => {
    const batch = events.findIndex(({ description }) => description.name === "BatchAppended");
    const { description } = events[batch];
    const args = { header: description.args.header as unknown, data: `0x${"ab".repeat(32)}` };
    const forged = { ...events[batch], description: { name: description.name, args } } as unknown as ChainEvent;
    const given = events.map((event, at) => (at === batch ? forged : event));
    expect(() => derive(given)).to.throw("commitment of the input");
  });
});
