import { expect } from "chai";

import { EventReader, type ReadingPolicy } from "../../plugin/node/eventReader.js";
import { UndoLog } from "../../plugin/node/undoLog.js";
import { Random } from "../fuzz/random.js";
import { ForkingLayer, SAID, SAID_AT } from "../helpers/forkingLayer.js";

const RUNS = 40;
const ROUNDS = 25;

function readerOf(layer: ForkingLayer, first = 1, policy: ReadingPolicy = {}): EventReader {
  return new EventReader(layer.provider, new Map([[SAID_AT, SAID]]), first, policy);
}

/** Somebody who keeps what the events say, and takes back what was replaced. */
class Listener {
  public heard: number[] = [];
  public restarts = 0;
  private undo = new UndoLog();

  public constructor(
    private readonly layer: ForkingLayer,
    private readonly inPieces = false,
    private reader = readerOf(layer),
  ) {}

  public async listen(): Promise<void> {
    try {
      for (const { block, description } of await (this.inPieces ? this.reader.readPiece() : this.reader.read())) {
        this.undo.begin(block);
        this.heard.push(Number(description.args[0]));
        this.undo.remember(() => this.heard.pop());
      }
      this.undo.forget(this.reader.finalBlock);
    } catch (error) {
      if ((error as { code?: string }).code !== "REORGANIZED") throw error;
      await this.goBack();
    }
  }

  private async goBack(): Promise<void> {
    try {
      const block = await this.reader.rollBack();
      if (block !== undefined) this.undo.rollBack(block);
    } catch (error) {
      if ((error as { code?: string }).code !== "REORGANIZED") throw error;
      this.restarts += 1;
      [this.heard, this.undo, this.reader] = [[], new UndoLog(), readerOf(this.layer)];
    }
  }
}

async function settle(listener: Listener): Promise<void> {
  for (let round = 0; round < 9; round++) await listener.listen();
}

describe("a reader of events", () => {
  it("has heard what the canonical chain says, whatever was replaced before, while and after it was read", async () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = new Random(seed);
      const layer = new ForkingLayer(random);
      const inPieces = seed % 2 === 0;
      if (inPieces) layer.extend(random.below(400));
      const listener = new Listener(layer, inPieces);
      for (let round = 0; round < ROUNDS; round++) {
        if (random.below(3) === 0) layer.reorganize(random.below(20), random.below(20));
        layer.extend(random.below(6));
        layer.limits = { blocks: 1 + random.below(30), results: 3 + random.below(30) };
        // Sometimes blocks are replaced between two of its questions.
        let left = random.below(12);
        layer.beforeAnswer = () => {
          if (--left === 0) layer.reorganize(random.below(8), 1 + random.below(8));
        };
        await listener.listen();
      }
      layer.beforeAnswer = () => undefined;
      await settle(listener);
      expect(listener.heard, `seed ${seed}`).to.deep.equal(layer.saidFrom(1));
    }
  });

  it("goes back to the last common block, not further", async () => {
    const layer = new ForkingLayer(new Random(5));
    const reader = readerOf(layer);
    for (let block = 0; block < 30; block++) {
      layer.extend(1);
      await reader.read();
    }
    layer.reorganize(7, 9);
    expect(await reader.rollBack()).to.equal(23);
    expect((await reader.read()).every(({ block }) => block > 23)).to.equal(true);
    expect(await reader.rollBack()).to.equal(undefined);
  });

  it("goes back to where a chain has become shorter", async () => {
    const layer = new ForkingLayer(new Random(6));
    const listener = new Listener(layer);
    for (let block = 0; block < 10; block++) {
      layer.extend(1);
      await listener.listen();
    }
    layer.reorganize(4, 0);
    await settle(listener);
    expect(listener.heard).to.deep.equal(layer.saidFrom(1));
    expect(listener.restarts).to.equal(0);
  });

  it("starts anew where blocks were replaced that it had been told are final", async () => {
    const layer = new ForkingLayer(new Random(7));
    const listener = new Listener(layer);
    for (let block = 0; block < 300; block++) {
      layer.extend(1);
      await listener.listen();
    }
    layer.reorganize(90, 100);
    await settle(listener);
    expect(listener.restarts).to.equal(0);
    layer.reorganize(290, 300);
    await settle(listener);
    expect(listener.restarts).to.equal(1);
    expect(listener.heard).to.deep.equal(layer.saidFrom(1));
  });

  for (const [head, unread] of [
    ["finalized", 99],
    [5, 5],
  ] as const) {
    it(`reads up to the block that it is told to: ${head}`, async () => {
      const layer = new ForkingLayer(new Random(8));
      layer.extend(150);
      const reader = readerOf(layer, 1, { head });
      await reader.read();
      expect(reader.lastBlock).to.equal(150 - unread);
    });
  }

  it("reads a long history in pieces, each twice as long as the one before, and says whether there is more", async () => {
    const layer = new ForkingLayer(new Random(11));
    layer.extend(300);
    const reader = readerOf(layer);
    const heard: number[] = [];
    while (reader.isBehind) {
      for (const { description } of await reader.readPiece()) heard.push(Number(description.args[0]));
    }
    expect(layer.answered).to.deep.equal([32, 64, 128, 76]);
    expect(heard).to.deep.equal(layer.saidFrom(1));
    layer.extend(1);
    await reader.readPiece();
    expect(reader.isBehind).to.equal(false);
  });

  it("reads less at a time where events are large", async () => {
    const layer = new ForkingLayer(new Random(12));
    layer.extend(100);
    layer.padding = 2 ** 17;
    const reader = readerOf(layer);
    let events = 0;
    while (reader.isBehind) events += (await reader.readPiece()).length;
    expect(events).to.equal(layer.saidFrom(1).length);
    // A mebibyte is what eight of them have; blocks have one each.
    expect(Math.max(...layer.answered.slice(3))).to.be.within(4, 16);
  });

  it("gives up with an error that says so where a chain moves faster than it reads", async () => {
    const layer = new ForkingLayer(new Random(9));
    layer.extend(3);
    layer.beforeAnswer = () => layer.reorganize(3, 3);
    const error: unknown = await readerOf(layer)
      .read()
      .catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "REORGANIZED");
  });
});

describe("queries for logs", () => {
  it("are as long as the provider lets them be, which is remembered", async () => {
    const layer = new ForkingLayer(new Random(10));
    layer.extend(1_000);
    layer.limits.blocks = 100;
    const reader = readerOf(layer);
    await reader.read();
    expect(Math.max(...layer.answered)).to.be.within(51, 100);
    const before = layer.answered.length;
    layer.extend(1_000);
    await reader.read();
    expect(layer.answered.slice(before).every((length) => length <= 100)).to.equal(true);
    expect(layer.answered.length - before).to.be.below(22);
  });

  it("are shorter where blocks say much, and get longer again behind that", async () => {
    const layer = new ForkingLayer(new Random(11));
    layer.extend(500);
    layer.limits.results = 40;
    const reader = readerOf(layer);
    const events = await reader.read();
    expect(events.length).to.equal(layer.saidFrom(1).length);
    layer.limits.results = Infinity;
    layer.extend(1_500);
    await reader.read();
    expect(Math.max(...layer.answered)).to.be.above(200);
  });

  it("are not shortened for another reason, and not below one block", async () => {
    const layer = new ForkingLayer(new Random(12));
    layer.extend(20);
    layer.limits.blocks = 0;
    const refused: unknown = await readerOf(layer)
      .read()
      .catch((reason: unknown) => reason);
    expect(refused).to.have.property("code", "LOGS_REFUSED");
    layer.getLogs = () => Promise.reject(new Error("rate limit exceeded"));
    const busy: unknown = await readerOf(layer)
      .read()
      .catch((reason: unknown) => reason);
    expect(String(busy)).to.contain("rate limit exceeded");
  });
});
