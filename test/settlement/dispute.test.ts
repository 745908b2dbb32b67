import { expect } from "chai";

import { ASSERTION, Disputes, STATUS } from "../helpers/disputes.js";
import { DAY, deploySettlement, words } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

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
      const claims = await disputes.descend(first, [
        [liar, lie],
        [honest, truth],
      ]);
      const last = claims[claims.length - 1];
      // With an even number of levels the last claim is the liar's, and a step refutes it; else nobody can answer the honest one.
      const proved = claims.length % 2 === 0;
      if (proved) await disputes.prove(honest, last, truth);
      else await expect(disputes.prove(liar, last, truth, 3)).to.be.revertedWithCustomError(chain.rollup, "StepAgrees");
      await chain.after(3 * DAY);
      await disputes.resolve(...[...claims].reverse().slice(proved ? 1 : 0));
      expect(await disputes.status(first)).to.equal(STATUS.standing);
      expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.countered);
    });
  }

  it("is one claim and one step where a single level spans all the work", async () => {
    const chain = await deploySettlement({ inputBits: 0, maxInputs: 1 });
    const disputes = new Disputes(chain);
    const [liar, honest] = chain.people;
    await chain.batch(words(9));
    const truth = await disputes.truth();
    const assertion = await disputes.assert(honest, truth);
    const attack = await disputes.claim(liar, assertion.id, new FalseTrace(truth, 4n));
    await disputes.prove(honest, attack, truth);
    expect(await disputes.status(attack)).to.equal(STATUS.refuted);
    const bond = chain.claimBond(1);
    expect(await chain.rollup.credit(honest.address)).to.equal(bond - bond / 10n);
    await chain.after(7 * DAY);
    await chain.rollup.confirm(assertion.id);
  });
});
