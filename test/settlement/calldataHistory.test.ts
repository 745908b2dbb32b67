import { expect } from "chai";
import fc from "fast-check";
import { concat } from "ethers";

import { hexToBytes, type Hex } from "../../plugin/hex.js";
import { decodeHistory, historyData, historyOpening, historyRoot } from "../helpers/histories.js";
import { settlementFixture } from "../helpers/settlement.js";

const deploy = settlementFixture();

const state = fc.uint8Array({ minLength: 31, maxLength: 31 }).map((bytes) => concat(["0x00", bytes]) as Hex);

/** 65 states in runs, as machines make them. */
const states = fc
  .tuple(state, fc.array(fc.tuple(state, fc.boolean()), { minLength: 64, maxLength: 64 }), fc.nat(64))
  .map(([start, more, idleFrom]) => {
    const list = [start];
    more.forEach(([next, same], k) => list.push(same || k >= idleFrom ? list[k] : next));
    return list;
  });

describe("CalldataHistory", () => {
  it("commits to any history, whatever of it is idle, as its twin does", async () => {
    const { parts } = await deploy();
    await fc.assert(
      fc.asyncProperty(states, async (list) => {
        const data = historyData(list);
        expect(decodeHistory(list[0], data)).to.deep.equal(list);
        const [commitment, last] = await parts.history.commit(list[0], data);
        expect([commitment, last]).to.deep.equal([historyRoot(list), list[64]]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it("commits to the same states alike, however they are written down", async () => {
    const { parts } = await deploy();
    const list = Array.from({ length: 65 }, (_, k): Hex => `0x${(k >> 3).toString(16).padStart(64, "0")}`);
    const spelledOut = concat([`0x${"00".repeat(8)}`, ...list.slice(1)]);
    expect(await parts.history.commit(list[0], spelledOut)).to.deep.equal(
      await parts.history.commit(list[0], historyData(list)),
    );
  });

  it("commits to a history in which nothing happens", async () => {
    const { parts } = await deploy();
    const list = Array.from({ length: 65 }, (): Hex => `0x${"07".repeat(32)}`);
    expect(historyData(list)).to.equal(`0x${"ff".repeat(8)}`);
    expect(await parts.history.commit(list[0], historyData(list))).to.deep.equal([historyRoot(list), list[0]]);
  });

  it("opens every index, and nothing else", async () => {
    const { parts } = await deploy();
    const [list] = fc.sample(states, { numRuns: 1, seed: 11 });
    const root = historyRoot(list);
    for (let index = 0; index < 64; index++) {
      const [first, second, proof] = [list[index], list[index + 1], historyOpening(list, index)];
      await parts.history.open(root, index, first, second, proof);
      const bad = hexToBytes(proof);
      bad[(index * 37) % bad.length] ^= 1 << (index % 8);
      const refused = expect(parts.history.open(root, index, first, second, bad)).to.be;
      await refused.revertedWithCustomError(parts.history, "WrongOpening");
      const other: Hex = `0x${"01".repeat(32)}`;
      await expect(parts.history.open(root, index, first, other, proof)).to.be.revertedWithCustomError(
        parts.history,
        "WrongOpening",
      );
      if (index > 0) {
        await expect(parts.history.open(root, index, other, second, proof)).to.be.revertedWithCustomError(
          parts.history,
          "WrongOpening",
        );
      }
      await expect(parts.history.open(root, index, first, second, `${proof}00`)).to.be.revertedWithCustomError(
        parts.history,
        "WrongOpeningLength",
      );
    }
    await expect(parts.history.open(root, 64, list[63], list[64], historyOpening(list, 63)))
      .to.be.revertedWithCustomError(parts.history, "NoSuchElement")
      .withArgs(64);
  });
});
