import { expect } from "chai";
import fc from "fast-check";

import { findLoops } from "../../../plugin/machines/translate/loops.js";

const BLOCKS = 20;
const block = fc.nat({ max: BLOCKS - 1 });
const edges = fc.array(fc.tuple(block, block), { maxLength: 30 });

describe("Loops of a region", () => {
  it("are one for each block that is gone back to, and hold all that goes back to it", () => {
    fc.assert(
      fc.property(edges, (given) => {
        const loops = findLoops(given);
        const back = given.filter(([from, to]) => to <= from);
        expect(new Set(loops.map(({ first }) => first))).to.deep.equal(new Set(back.map(([, to]) => to)));
        for (const [from, to] of back) expect(loops.find(({ first }) => first === to)!.last).to.be.at.least(from);
      }),
    );
  });

  it("lie within each other or apart, outer ones first, however their edges cross", () => {
    fc.assert(
      fc.property(edges, (given) => {
        const loops = findLoops(given);
        loops.forEach((outer, index) => {
          for (const inner of loops.slice(index + 1)) {
            expect(inner.first).to.be.above(outer.first);
            if (inner.first <= outer.last) expect(inner.last).to.be.at.most(outer.last);
          }
        });
      }),
    );
  });
});
