import { expect } from "chai";
import fc from "fast-check";

import { formatAmount, parseAmount } from "../../plugin/config/amount.js";
import { formatDuration, parseDuration } from "../../plugin/config/duration.js";
import { formatFact } from "../../plugin/errors.js";

describe("durations", () => {
  it("are read in every unit, and in seconds", () => {
    expect(["2w", "7d", "1h", "30m", "90s", 12].map(parseDuration)).to.deep.equal([
      1209600, 604800, 3600, 1800, 90, 12,
    ]);
  });

  it("are nothing else", () => {
    for (const value of [
      "",
      "d",
      "7 d",
      "-1d",
      "1.5h",
      "1D",
      "1y",
      0,
      -1,
      1.5,
      NaN,
      Infinity,
      null,
      undefined,
      {},
      7n,
    ]) {
      expect(parseDuration(value), formatFact(value)).to.equal(undefined);
    }
  });

  it("are written so that their parts read back to the same number of seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        const parts = formatDuration(seconds).split(" ");
        const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? NaN), 0);
        expect(sum).to.equal(seconds);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("amounts", () => {
  it("are read exactly", () => {
    expect(["1 ether", "0.1 ETH", "1.000000000000000001 ether", "2.5gwei", "7 wei", 9n].map(parseAmount)).to.deep.equal(
      [10n ** 18n, 10n ** 17n, 10n ** 18n + 1n, 2_500_000_000n, 7n, 9n],
    );
  });

  it("are nothing else", () => {
    for (const value of ["1", "ether", "-1 ether", "1e3 wei", "0.1 wei", "1.0000000000000000001 ether", 1, -1n, null]) {
      expect(parseAmount(value), formatFact(value)).to.equal(undefined);
    }
  });

  it("are written in the unit that shows them", () => {
    expect([0n, 10n ** 17n, 1_234_567n * 10n ** 12n, 5n * 10n ** 9n, 3n].map(formatAmount)).to.deep.equal([
      "0 ETH",
      "0.1 ETH",
      "1.234567 ETH",
      "5 gwei",
      "3 wei",
    ]);
  });
});
