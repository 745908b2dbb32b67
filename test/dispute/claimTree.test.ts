import { expect } from "chai";

import {
  CLAIM_STATUSES,
  claimId,
  deadlineOf,
  elementPositions,
  levelsOf,
  strideOf,
} from "../../plugin/dispute/claim.js";
import { pendingAnswers } from "../../plugin/dispute/claimTree.js";
import { deployTestChain, loops } from "../helpers/chains.js";

const SHAPE = { inputBits: 12, stepBits: 36, width: 6 };

describe("the tree of claims", () => {
  it("has a level for each width of bits, each with a shorter stride", () => {
    expect(levelsOf(SHAPE)).to.equal(8);
    expect(strideOf(SHAPE, 1)).to.equal(1n << 42n);
    expect(strideOf(SHAPE, 8)).to.equal(1n);
    const positions = elementPositions(SHAPE, 8, 100n);
    expect([positions[0], positions[63]]).to.deep.equal([101n, 164n]);
  });

  it("gives every answer what is left of the bank, and never less than the minimum", () => {
    const clock = { bank: 1000n, minResponse: 100n };
    expect(deadlineOf(clock, 5n, 0n)).to.equal(1005n);
    expect(deadlineOf(clock, 5n, 300n)).to.equal(705n);
    expect(deadlineOf(clock, 5n, 950n)).to.equal(105n);
    expect(deadlineOf(clock, 5n, 5000n)).to.equal(105n);
  });

  it("rebuilt from events is what the contract holds, at every stage of a dispute", async () => {
    const chain = await deployTestChain({ inputBits: 6, stepBits: 12 });
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(100));
    await sequencer.postBatch();
    const honest = await chain.honest();
    const liar = await chain.liar({ seed: 2 });
    await liar.assert();
    await honest.assert();
    let compared = 0;
    const compare = async (): Promise<void> => {
      await chain.node.sync();
      compared += await compareWithContract(chain);
      await chain.timeTravel.by(3600);
    };
    await chain.playDispute([liar, honest], { onTurn: compare });
    expect(compared).to.be.greaterThan(10);
  });
});

/** Gives how many claims were compared. */
async function compareWithContract({ node, chain }: Awaited<ReturnType<typeof deployTestChain>>): Promise<number> {
  const { rollup } = chain.contracts;
  for (const claim of node.claims.all()) {
    const record = await rollup.claimRecord(claim.id);
    expect(claimId(claim.claim)).to.equal(claim.id);
    expect(record.author.toLowerCase()).to.equal(claim.author);
    expect(record.createdAt).to.equal(claim.createdAt);
    expect(record.spent).to.equal(claim.spent);
    expect(record.pending).to.equal(BigInt(pendingAnswers(claim)));
    expect(await rollup.deadlineOf(claim.id)).to.equal(claim.deadline);
    const status = CLAIM_STATUSES[Number(record.status)];
    expect(status === "settled" ? "countered" : status).to.equal(claim.status);
  }
  return node.claims.all().length;
}
