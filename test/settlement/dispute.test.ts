import { expect } from "chai";

import { ASSERTION, Disputes, STATUS } from "../helpers/disputes.js";
import { deploySettlement } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const words = (count: number) =>
  Array.from({ length: count }, (_, k) => `0x${(k + 1).toString(16).padStart(64, "0")}` as const);

describe("a dispute from the first claim to the last payment", () => {
  for (const stepBits of [6, 12, 36]) {
    it(`rejects a false assertion over 2^${6 + stepBits} positions`, async () => {
      const chain = await deploySettlement({ stepBits });
      const disputes = new Disputes(chain);
      const [liar, honest] = chain.people;
      await chain.batch(words(40));
      const truth = await disputes.truth();
      const lie = new FalseTrace(truth, 17n);
      const assertion = await disputes.assert(liar, lie);
      const first = await disputes.claim(honest, assertion.id, truth);
      console.log("claim", first.receipt.gasUsed);
      const claims = await disputes.descend(first, [
        [liar, lie],
        [honest, truth],
      ]);
      for (const c of claims) console.log(c.claim.level, c.receipt.gasUsed);
      const last = claims[claims.length - 1];
      const prover = claims.length % 2 === 0;
      if (prover) console.log("prove", (await disputes.prove(honest, last, truth)).gasUsed);
      await chain.after(10 * 24 * 3600);
      const branch = [...claims].reverse().slice(prover ? 1 : 0);
      console.log("resolve", (await disputes.resolve(...branch)).gasUsed);
      expect(await disputes.status(first)).to.equal(STATUS.standing);
      expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.countered);
    });
  }
});
