import { expect } from "chai";
import fc from "fast-check";

import { chanceOfFewer, chanceToNumber, formatChance } from "../../plugin/committee/hypergeometric.js";

/** Counts committees one by one: every subset of the pool, of whom the first `honest` are honest. */
function counted(pool: number, honest: number, size: number, needed: number): [bigint, bigint] {
  let [few, all] = [0n, 0n];
  for (let members = 0; members < 1 << pool; members++) {
    if (bits(members) !== size) continue;
    all += 1n;
    if (bits(members & ((1 << honest) - 1)) < needed) few += 1n;
  }
  return [few, all];
}

function bits(word: number): number {
  return word.toString(2).replaceAll("0", "").length;
}

describe("how likely a committee holds too few honest members", () => {
  it("is what counting all committees says", () => {
    const draws = fc
      .integer({ min: 1, max: 9 })
      .chain((pool) => fc.tuple(fc.constant(pool), fc.nat(pool), fc.integer({ min: 1, max: pool }), fc.nat(pool + 1)));
    fc.assert(
      fc.property(draws, ([pool, honest, size, needed]) => {
        const { numerator, denominator } = chanceOfFewer({ pool, honest, size }, needed);
        const [few, all] = counted(pool, honest, size, needed);
        expect(numerator * all).to.equal(few * denominator);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it("of the preset is exact to the last digit", () => {
    const { numerator, denominator } = chanceOfFewer({ pool: 100, honest: 50, size: 20 }, 2);
    const [c50of20, c50of19, c100of20] = [47129212243960n, 30405943383200n, 535983370403809682970n];
    expect(numerator * c100of20).to.equal((c50of20 + 50n * c50of19) * denominator);
    expect(formatChance({ numerator, denominator })).to.equal("1 in 3.42e5");
  });

  it("is nothing where dishonest members do not fill it, and certain where nobody is honest", () => {
    expect(formatChance(chanceOfFewer({ pool: 100, honest: 82, size: 20 }, 2))).to.equal("never");
    expect(formatChance(chanceOfFewer({ pool: 100, honest: 0, size: 20 }, 1))).to.equal("100%");
  });

  it("is told of very large pools, and in numbers", () => {
    const chance = chanceOfFewer({ pool: 100_000, honest: 90_000, size: 115 }, 2);
    expect(chanceToNumber(chance)).to.be.within(1e-113, 1e-111);
    expect(chanceToNumber({ numerator: 1n, denominator: 8n })).to.equal(0.125);
    expect(formatChance({ numerator: 1n, denominator: 8n })).to.equal("12.5%");
  });
});
