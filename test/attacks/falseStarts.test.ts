import { expect } from "chai";

import { deployTestChain, loops } from "../helpers/chains.js";
import { gainOf, SMALL } from "./chains.js";

describe("a claim that begins in a state which nobody can open", () => {
  it("is not answered, and is resolved by the honest party alone where the bond that it has won waits for it", async () => {
    const chain = await deployTestChain(SMALL);
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(60));
    await sequencer.postBatch();
    const honest = await chain.honest();
    const truth = await honest.assert();
    const liar = await chain.fabricator({ from: 100n, salt: "liar" });
    await liar.claimAgainst(truth);
    await chain.node.sync();
    const [claim] = chain.node.claims.against(truth);
    const friend = await chain.fabricator({ from: 7n, salt: "friend" });
    await friend.answer(claim, 40);
    expect((await chain.playDispute([honest])).winner).to.equal("honest");
    const [saving] = claim.answers.filter(({ claim: { index } }) => index === 40);
    expect(saving.answers).to.deep.equal([]);
    expect(saving.status).to.equal("standing");
    // Its own bonds are back, and the liar's less what is burned.
    const [bond] = chain.config.bonds.claims;
    const { burnedShare } = await chain.chain.contracts.rollup.parameters();
    expect(gainOf(honest)).to.equal(bond - (bond * burnedShare) / 10_000n);
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
  });
});
