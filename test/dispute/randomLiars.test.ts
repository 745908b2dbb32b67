import { expect } from "chai";
import fc from "fast-check";

import { HISTORY_WIDTHS, type HistoryKind } from "../../plugin/dispute/historyKind.js";
import type { Hex } from "../../plugin/hex.js";
import { FabricatedTrace } from "../../plugin/testing/fabricatedTrace.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, loops } from "../helpers/chains.js";

/** What the chain's histories are, and how much is played: a claim in a blob takes a second or so of JavaScript. */
interface Campaign {
  readonly history: HistoryKind;
  readonly inputBits: number;
  readonly stepBits: number;
  readonly levels: number;
  /** Of the false ranges that end before everything does. */
  readonly longest: bigint;
  readonly lies: { readonly minLength: number; readonly maxLength: number };
  readonly runs: number;
  /** So many claims of liars there must have been in all. */
  readonly told: number;
}

const CAMPAIGNS: readonly Campaign[] = [
  {
    history: "calldata",
    inputBits: 6,
    stepBits: 12,
    levels: 3,
    longest: 300n,
    lies: { minLength: 8, maxLength: 16 },
    runs: 12,
    told: 40,
  },
  {
    history: "blob",
    inputBits: 12,
    stepBits: 12,
    levels: 2,
    longest: 12_000n,
    lies: { minLength: 16, maxLength: 16 },
    runs: 1,
    told: 6,
  },
];

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

function liesIn({ history, inputBits, stepBits, longest, lies }: Campaign): fc.Arbitrary<Lie[]> {
  const positions = 1n << BigInt(inputBits + stepBits);
  const lie = fc.record({
    onTruth: fc.boolean(),
    target: fc.nat(20),
    index: fc.oneof(fc.nat(3), fc.nat(2 ** HISTORY_WIDTHS[history] - 1)),
    from: fc.oneof(fc.bigInt(1n, 500n), fc.bigInt(1n, positions)),
    length: fc.oneof(fc.bigInt(1n, longest), fc.constant(positions)),
    salt: fc.nat(3),
    pause: fc.nat(3 * 3600),
  });
  return fc.array(lie, lies);
}

interface Disputed {
  readonly chain: TestChain;
  readonly honest: Party;
  readonly liar: Party;
  readonly truth: Hex;
  readonly falsehood: Hex;
}

/** A chain with a true assertion and a false one beside it. */
async function disputedChain({ history, inputBits, stepBits }: Campaign): Promise<Disputed> {
  const chain = await deployTestChain({ history, inputBits, stepBits });
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(40));
  await sequencer.postBatch();
  const [honest, liar] = [await chain.honest(), await chain.fabricator({ from: 1n })];
  const falsehood = await liar.assert();
  return { chain, honest, liar, truth: await honest.assert(), falsehood };
}

async function tell(party: Party, assertion: Hex, lie: Lie, levels: number): Promise<void> {
  await party.node.sync();
  const { first, end } = party.node.assertions.get(assertion);
  const fabrication = { from: lie.from, until: lie.from + lie.length, salt: String(lie.salt) };
  const trace = new FabricatedTrace(party.node.executor.trace(first, end), fabrication);
  const claims = party.claims(assertion).filter(({ status, claim }) => status === "open" && claim.level < levels);
  const target = lie.target === 0 ? undefined : claims[lie.target % (claims.length + 1)];
  if (target === undefined) await party.claimAgainst(assertion, trace);
  else await party.answer(target, lie.index, trace);
}

describe("whatever liars claim, and whenever", () => {
  for (const campaign of CAMPAIGNS) {
    it(`the truth is confirmed, no claim of the honest party is ever countered, and it does not pay for that: in ${campaign.history}`, async function () {
      this.timeout(240_000);
      let told = 0;
      const property = fc.asyncProperty(liesIn(campaign), async (drawn) => {
        const { chain, honest, liar, truth, falsehood } = await disputedChain(campaign);
        for (const lie of drawn) {
          await tell(liar, lie.onTruth ? truth : falsehood, lie, campaign.levels);
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
      await fc.assert(property, { seed: 20, numRuns: campaign.runs, endOnFailure: true });
      expect(told).to.be.greaterThan(campaign.told);
    });
  }
});
