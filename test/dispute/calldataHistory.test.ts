import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";

import {
  commitCalldataHistory,
  decodeCalldataHistory,
  encodeCalldataHistory,
  openCalldataHistory,
} from "../../plugin/dispute/calldataHistory.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import type { CalldataHistory } from "../../types/ethers-contracts/index.js";

/** 65 states with many repetitions, as idle machines have them. */
const histories = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 65, maxLength: 65 }).map((steps) => {
  let at = 0;
  return steps.map((step): Hex => `0x00${(at += step > 2 ? step : 0).toString(16).padStart(62, "0")}`);
});

describe("the calldata history and its contract", () => {
  let contract: CalldataHistory;

  before(async () => {
    const { ethers } = await network.create();
    contract = await ethers.deployContract("CalldataHistory");
  });

  it("commit to the same states", async () => {
    const property = fc.asyncProperty(histories, async ([start, ...elements]) => {
      const data = encodeCalldataHistory(start, elements);
      const { commitment, last } = commitCalldataHistory(elements);
      expect([...(await contract.commit(start, data))]).to.deep.equal([commitment, last]);
    });
    await fc.assert(property, { seed: 2, numRuns: 40 });
  });

  it("open the same pairs, at every index", async () => {
    const [[start, ...elements]] = fc.sample(histories, { seed: 3, numRuns: 1 });
    const states = [start, ...elements];
    const { commitment } = commitCalldataHistory(elements);
    for (let index = 0; index < 64; index++) {
      await contract.open(commitment, index, states[index], states[index + 1], openCalldataHistory(elements, index));
    }
  });

  it("read back what was posted", () => {
    const property = fc.property(histories, ([start, ...elements]) => {
      expect(decodeCalldataHistory(start, encodeCalldataHistory(start, elements))).to.deep.equal(elements);
    });
    fc.assert(property, { seed: 4, numRuns: 100 });
  });

  it("both refuse data of another length than the bitmap says", async () => {
    const [[start, ...elements]] = fc.sample(histories, { seed: 5, numRuns: 1 });
    const data = encodeCalldataHistory(start, elements);
    for (const wrong of [data.subarray(0, -1), data.subarray(0, -32), new Uint8Array([...data, 0]), new Uint8Array()]) {
      expect(() => decodeCalldataHistory(start, wrong)).to.throw("length");
      const refused = await contract.commit(start, bytesToHex(wrong)).then(
        () => false,
        () => true,
      );
      expect(refused, `${wrong.length} bytes`).to.equal(true);
    }
  });

  it("leave out what repeats: an idle history is eight bytes", () => {
    const idle = Array.from({ length: 65 }, (): Hex => `0x${"11".repeat(32)}`);
    expect(encodeCalldataHistory(idle[0], idle.slice(1)).length).to.equal(8);
  });
});
