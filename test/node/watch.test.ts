import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import type { NodeEvent } from "../../plugin/node/events.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, loops } from "../helpers/chains.js";

const POLL = 0.02;

describe("a challenger that watches", () => {
  let chain: TestChain;
  let party: Party;
  let busy: boolean;
  let refused: number;

  beforeEach(async () => {
    chain = await deployTestChain();
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(30));
    await sequencer.postBatch();
    party = await chain.honest();
    const { provider } = chain.chain;
    const getBlock = provider.getBlock.bind(provider);
    [busy, refused] = [false, 0];
    provider.getBlock = (...parameters) => {
      if (!busy) return getBlock(...parameters);
      refused += 1;
      return Promise.reject(new Error("429 Too Many Requests"));
    };
  });

  async function until(happened: () => boolean): Promise<void> {
    while (!happened()) await setTimeout(5);
  }

  function told(type: NodeEvent["type"]): NodeEvent[] {
    return party.events.filter((event) => event.type === type);
  }

  it("outlives a node that does not answer for a while, of which it tells once, and then does what it missed", async () => {
    const liar = await chain.liar({ seed: 3 });
    const stop = new AbortController();
    let rounds = 0;
    const { challenger } = party;
    const once = challenger.once.bind(challenger);
    challenger.once = () => once().finally(() => rounds++);
    const watching = challenger.watch({ pollSeconds: POLL, forever: true, signal: stop.signal });
    await until(() => rounds > 0);
    busy = true;
    await until(() => refused > 3);
    busy = false;
    await liar.assert();
    await until(() => told("sent").length > 0);
    stop.abort();
    await watching;
    expect(told("skipped")).to.deep.equal([
      { type: "skipped", action: "claim", text: "a round, which is tried again", reason: "429 Too Many Requests" },
    ]);
  });

  it("does not begin with a node that does not answer", async () => {
    busy = true;
    const error: unknown = await party.challenger.watch({ pollSeconds: POLL }).catch((reason: unknown) => reason);
    expect(String(error)).to.contain("429");
  });
});
