import { expect } from "chai";
import fc from "fast-check";

import { KINDS, Walk, type Move } from "./walk.js";
import { makeWorld } from "./walkWorld.js";

const SEED = 20_261_121;
const WALKS = 10;
const MOVES = 80;

describe("a committee in which anybody does anything", () => {
  it("keeps stakes, places, seats and thresholds right, slashes nobody honest, and never holds the chain up", async function () {
    this.timeout(600_000);
    const world = await makeWorld();
    const met = new Map<string, number>();
    const moves = fc.record<Move>({
      kind: fc.constantFrom(
        ...KINDS,
        "attest",
        "batch",
        "slashConflict",
        "slashConflict",
        "turn",
        "turn",
        "strike",
        "remove",
      ),
      a: fc.nat(),
      b: fc.nat(),
      c: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moves, { minLength: MOVES, maxLength: MOVES }), async (way) => {
        const walk = await Walk.begin(world);
        for (const move of way) await walk.make(move);
        await walk.end();
        for (const [kind, times] of walk.done) met.set(kind, (met.get(kind) ?? 0) + times);
      }),
      { seed: SEED, numRuns: WALKS, endOnFailure: true },
    );
    // So that the walks are not about nothing. What takes several rare moves in a row has tests of its own.
    const tried = KINDS.filter((kind) => !["pass", "forge", "lie", "assert", "strike", "remove"].includes(kind));
    for (const kind of [...tried, "confirm"]) expect(met.get(kind) ?? 0, kind).to.be.at.least(1);
  });
});
