import { expect } from "chai";

import { Disputes } from "../helpers/disputes.js";
import { heldBonds } from "../helpers/honestParty.js";
import { DAY, HOUR, settlementFixture, words } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture({ stepBits: 12, batchBudget: 4000n });

describe("a false assertion's bond", () => {
  it("stays the earliest claim's when later ones stand after it and more are pending", async () => {
    const chain = await deploy();
    const disputes = new Disputes(chain);
    await chain.batch(words(40));
    const truth = await disputes.truth();
    const [liar, honest, thief] = chain.people;
    const assertion = await disputes.assert(liar, new FalseTrace(truth, 20n));
    const far = 2n ** 17n;
    const first = await disputes.claim(honest, assertion.id, truth);
    await chain.after(HOUR);
    const second = await disputes.claim(thief, assertion.id, new FalseTrace(truth, far, "second"));
    await chain.after(HOUR);
    const third = await disputes.claim(thief, assertion.id, new FalseTrace(truth, far, "third"));
    await chain.after(3 * DAY);
    await disputes.resolve(first);
    await disputes.resolve(second);
    await disputes.resolve(third);
    const { assertionBond } = chain.options;
    expect(await chain.rollup.credit(honest.address)).to.equal(chain.claimBond(1) + (assertionBond * 9n) / 10n);
    expect(await chain.rollup.credit(thief.address)).to.equal(2n * chain.claimBond(1));
    expect(await heldBonds(chain)).to.equal(0n);
  });
});
