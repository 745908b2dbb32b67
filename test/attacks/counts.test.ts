import { expect } from "chai";
import { AbiCoder, keccak256, toBeHex } from "ethers";

import { type Hex } from "../../plugin/hex.js";
import { Disputes } from "../helpers/disputes.js";
import { combinationNode, HOUR, makeRule, settlementFixture, unchallengedNode, words } from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture();

/** Where the rollup keeps its assertions. */
const ASSERTIONS_SLOT = 1n;
/** In which slot of an assertion the counts are, and above which bit. */
const COUNTS = { slot: 2n, shift: 176n, bits: 20n };

async function start() {
  const first = await deploy();
  const nodes = [unchallengedNode(HOUR), unchallengedNode(48 * HOUR), combinationNode(1, [0, 1])];
  const chain = await first.sibling(await makeRule(first.parts.rules, nodes));
  const disputes = new Disputes(chain);
  await chain.batch(words(3));
  const truth = await disputes.truth();
  const [honest, liar] = chain.people;
  const lie = await disputes.assert(liar, new FalseTrace(truth, 3n));
  return { chain, disputes, truth, honest, liar, lie };
}

/** Makes the rollup believe that a window has this many undecided claims against an assertion. */
async function setCount({ chain }: Awaited<ReturnType<typeof start>>, assertion: Hex, place: bigint, count: bigint) {
  const base = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [assertion, ASSERTIONS_SLOT]));
  const [address, slot] = [await chain.rollup.getAddress(), toBeHex(BigInt(base) + COUNTS.slot)];
  const shift = COUNTS.shift + COUNTS.bits * place;
  const mask = ((1n << COUNTS.bits) - 1n) << shift;
  const word = (BigInt(await chain.ethers.provider.getStorage(address, slot)) & ~mask) | (count << shift);
  await chain.networkHelpers.setStorageAt(address, slot, word);
}

describe("a flood of claims against one's own false assertion", () => {
  it("cannot make the count of a window run over into the next one's, so that the lie looks unchallenged", async () => {
    const given = await start();
    const { chain, disputes, truth, honest, liar, lie } = given;
    await disputes.claim(honest, lie.id, truth);
    expect(await chain.rollup.pendingClaims(lie.id)).to.equal(1n);
    await setCount(given, lie.id, 0n, (1n << COUNTS.bits) - 1n);
    expect(await chain.rollup.pendingClaims(lie.id)).to.equal((1n << COUNTS.bits) - 1n);
    const flood = new FalseTrace(truth, 1n, "flood");
    await expect(disputes.claim(liar, lie.id, flood))
      .to.be.revertedWithCustomError(chain.rollup, "TooManyClaims")
      .withArgs(lie.id);
    await chain.after(HOUR);
    await chain.networkHelpers.mine();
    expect(await chain.rollup.isUnchallenged(lie.id, HOUR)).to.equal(false);
    await expect(chain.rollup.confirm(lie.id)).to.be.revertedWithCustomError(chain.rollup, "NotFinal");
    // The next window counts for itself.
    await disputes.claim(liar, lie.id, flood);
    expect(await chain.rollup.pendingClaims(lie.id)).to.equal(1n << COUNTS.bits);
  });
});
