import { expect } from "chai";
import fc from "fast-check";

import type { Hex } from "../../plugin/hex.js";
import { FabricatedTrace } from "../../plugin/testing/fabricatedTrace.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, loops } from "../helpers/chains.js";

const SHAPE = { inputBits: 6, stepBits: 12 };
const POSITIONS = 1n << 18n;

/** What a liar does: a history with some false range, against something that is there already, at some index. */
interface Lie {
  /** Whose dispute: that about the true assertion, or about the false one. */
  readonly onTruth: boolean;
  /** Chooses a claim among those that are open; the assertion itself where it is 0. */
  readonly target: number;
  readonly index: number;
  readonly from: bigint;
  readonly length: bigint;
  readonly salt: number;
  /** Seconds that pass before it. */
  readonly pause: number;
}

const lies: fc.Arbitrary<Lie[]> = fc.array(
  fc.record({
    onTruth: fc.boolean(),
    target: fc.nat(20),
    index: fc.nat(63),
    from: fc.oneof(fc.bigInt(1n, 500n), fc.bigInt(1n, POSITIONS)),
    length: fc.oneof(fc.bigInt(1n, 300n), fc.constant(POSITIONS)),
    salt: fc.nat(3),
    pause: fc.nat(3 * 3600),
  }),
  { minLength: 8, maxLength: 16 },
);

/** A chain with a true assertion and a false one beside it. */
async function disputedChain(): Promise<{ chain: TestChain; honest: Party; liar: Party; truth: Hex; falsehood: Hex }> {
  const chain = await deployTestChain(SHAPE);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(40));
  await sequencer.postBatch();
  const [honest, liar] = [await chain.honest(), await chain.fabricator({ from: 1n })];
  const falsehood = await liar.assert();
  return { chain, honest, liar, truth: await honest.assert(), falsehood };
}

async function tell(party: Party, assertion: Hex, lie: Lie): Promise<void> {
  await party.node.sync();
  const { first, end } = party.node.assertions.get(assertion);
  const fabrication = { from: lie.from, until: lie.from + lie.length, salt: String(lie.salt) };
  const trace = new FabricatedTrace(party.node.executor.trace(first, end), fabrication);
  const claims = party.claims(assertion).filter(({ status, claim }) => status === "open" && claim.level < 3);
  const target = lie.target === 0 ? undefined : claims[lie.target % (claims.length + 1)];
  if (target === undefined) await party.claimAgainst(assertion, trace);
  else await party.answer(target, lie.index, trace);
}

describe("whatever liars claim, and whenever", () => {
  it("the truth is confirmed, no claim of the honest party is ever countered, and it does not pay for that", async () => {
    let told = 0;
    const property = fc.asyncProperty(lies, async (drawn) => {
      const { chain, honest, liar, truth, falsehood } = await disputedChain();
      for (const lie of drawn) {
        await tell(liar, lie.onTruth ? truth : falsehood, lie);
        await chain.timeTravel.by(lie.pause);
        await honest.act();
      }
      await chain.playDispute([honest]);
      const me = (await honest.signer.getAddress()).toLowerCase();
      const all = chain.node.claims.all();
      told += all.filter(({ author }) => author !== me).length;
      expect(chain.node.assertions.get(truth).status).to.equal("confirmed");
      expect(chain.node.assertions.get(falsehood).status).not.to.equal("confirmed");
      const lost = all.filter(({ author, status }) => author === me && ["countered", "refuted"].includes(status));
      expect(lost).to.deep.equal([]);
      const { received, value } = honest.challenger.spending;
      const gain = received - value - honest.validator.sender.spending.value;
      expect(gain >= 0n, `gain ${gain}`).to.equal(true);
    });
    await fc.assert(property, { seed: 20, numRuns: 12 });
    expect(told).to.be.greaterThan(40);
  });
});
