import { expect } from "chai";

import { rangeRefusal } from "../../plugin/l1/logRange.js";

/** What providers say, as their documentation and their users show it. */
const SAID: readonly [message: string, limit: "blocks" | "results", suggested?: number][] = [
  ["query returned more than 10000 results", "results"],
  ["query returned more than 10000 results. Try with this block range [0x64, 0xc7].", "results", 100],
  ["query exceeds max results 20000, retry with the range 1000-1999", "results", 1_000],
  ["query timeout exceeded", "results"],
  ["Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range", "results"],
  ["response is too big", "results"],
  ["eth_getLogs is limited to a 10,000 range", "blocks"],
  ["eth_getLogs is limited to 0 - 10000 blocks range", "blocks"],
  ["exceed maximum block range: 50000", "blocks"],
  ["query exceeds max block range 100000", "blocks"],
  ["block range is too wide", "blocks"],
  ["Block range limit exceeded.", "blocks"],
  ["query block range exceeds server limit", "blocks"],
  ["ranges over 10000 blocks are not supported on freetier", "blocks"],
  ["Max range: 800", "blocks"],
];

describe("an error of a query for logs", () => {
  for (const [message, limit, suggested] of SAID) {
    it(`is understood: ${message}`, () => {
      const expected = { limit, suggested };
      expect(rangeRefusal(new Error(message))).to.deep.equal(expected);
      // As ethers wraps what it does not know.
      expect(rangeRefusal({ message: "could not coalesce error", error: { code: -32_005, message } })).to.deep.equal(
        expected,
      );
    });
  }

  for (const message of ["rate limit exceeded", "429 Too Many Requests", "execution reverted", "header not found"]) {
    it(`is another one: ${message}`, () => {
      expect(rangeRefusal(new Error(message))).to.equal(undefined);
    });
  }
});
