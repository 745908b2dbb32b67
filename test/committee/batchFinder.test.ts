import { expect } from "chai";

import { BatchFinder } from "../../plugin/committee/batchFinder.js";
import type { BatchAttempt, BatchPlace } from "../../plugin/committee/batchPlace.js";
import type { Hex } from "../../plugin/hex.js";
import { WordTree } from "../../plugin/sources/wordTree.js";

const DATA = new Uint8Array(Buffer.from("what the members have promised to keep"));
const { root: ROOT } = new WordTree(DATA);
const LENGTH = BigInt(DATA.length);

type Behaviour = "good" | "silent" | "empty" | "wrong" | "long" | "broken";

/** A place that counts how often it was asked, and for how many that nobody waits any more. */
class Place implements BatchPlace {
  public asked = 0;
  public stopped = 0;

  public constructor(
    public readonly name: string,
    public behaviour: Behaviour,
  ) {}

  public get(_root: Hex, _length: bigint, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    this.asked += 1;
    if (this.behaviour === "silent") return this.untilStopped(signal!);
    if (this.behaviour === "broken") return Promise.reject(new Error("is broken"));
    if (this.behaviour === "empty") return Promise.resolve(undefined);
    // Its root is the same: the tree's leaves are padded with zeros.
    if (this.behaviour === "long") return Promise.resolve(new Uint8Array([...DATA, 0]));
    return Promise.resolve(this.behaviour === "good" ? DATA : DATA.map((byte) => byte ^ 1));
  }

  private untilStopped(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        this.stopped += 1;
        reject(new Error("was too slow"));
      });
    });
  }
}

describe("a search for a batch", () => {
  /** Places that behave so, named by their numbers. */
  function places(...behaviours: Behaviour[]): Place[] {
    return behaviours.map((behaviour, index) => new Place(`place ${index}`, behaviour));
  }

  it("asks the next place at once where one has nothing, lies or fails, and notes what each said", async () => {
    const asked = places("empty", "wrong", "broken", "good", "good");
    const attempts: BatchAttempt[] = [];
    const found = await new BatchFinder(3_600_000).find([asked], ROOT, LENGTH, attempts);
    expect(found?.data).to.deep.equal(DATA);
    expect(found?.tree.root).to.equal(ROOT);
    expect(asked.map((place) => place.asked)).to.deep.equal([1, 1, 1, 1, 0]);
    expect(attempts.map(({ place }) => place)).to.deep.equal(["place 0", "place 1", "place 2"]);
    expect(attempts[1].said).to.contain("bytes whose root is");
  });

  it("takes no batch that is longer, though its root be the same", async () => {
    const attempts: BatchAttempt[] = [];
    const found = await new BatchFinder(3_600_000).find([places("long", "good")], ROOT, LENGTH, attempts);
    expect(found?.data).to.deep.equal(DATA);
    expect(attempts.map(({ said }) => said)).to.deep.equal([`gave ${LENGTH + 1n} bytes instead of ${LENGTH}`]);
  });

  it("is not held up by those who say nothing, however many they are, and lets them go once it is over", async () => {
    const asked = places("silent", "silent", "silent", "good");
    const found = await new BatchFinder(1).find([asked.slice(0, 2), asked.slice(2)], ROOT, LENGTH, []);
    expect(found?.data).to.deep.equal(DATA);
    expect(asked.map(({ stopped }) => stopped)).to.deep.equal([1, 1, 1, 0]);
  });

  it("takes what a slow one gives at last, if nobody else has it", async () => {
    const [slow, empty] = places("silent", "empty");
    slow.get = () => new Promise((resolve) => setTimeout(() => resolve(DATA), 50));
    expect((await new BatchFinder(1).find([[slow, empty]], ROOT, LENGTH, []))?.data).to.deep.equal(DATA);
  });

  it("asks last who was of no use the last time, within its group, until it gives a batch again", async () => {
    const finder = new BatchFinder(1);
    const asked = places("silent", "broken", "good");
    const [silent, broken, good] = asked;
    const find = (groups: Place[][]) => finder.find(groups, ROOT, LENGTH, []);
    await find([asked]);
    await find([asked]);
    expect(asked.map((place) => place.asked)).to.deep.equal([1, 1, 2]);
    // Whoever has promised to keep it comes before all others, whatever it did the last time.
    await find([[silent], [good]]);
    expect(silent.asked).to.equal(2);
    silent.behaviour = "good";
    good.behaviour = "empty";
    await find([[silent, good]]);
    expect(silent.asked).to.equal(3);
    await find([[silent, good, broken]]);
    expect(asked.map((place) => place.asked)).to.deep.equal([4, 1, 4]);
  });

  it("gives nothing where nobody has it", async () => {
    const attempts: BatchAttempt[] = [];
    expect(await new BatchFinder(1).find([places("empty", "broken")], ROOT, LENGTH, attempts)).to.equal(undefined);
    expect(attempts.map(({ said }) => said)).to.deep.equal(["has no such batch", "is broken"]);
    expect(await new BatchFinder(1).find([[], []], ROOT, LENGTH, [])).to.equal(undefined);
  });
});
