import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";

import { batchStatement, encodeCertifiedBatch } from "../../plugin/committee/statement.js";
import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import { committeeFixture, deployCommitteeOn } from "../helpers/committee.js";
import { ASSERTION, Disputes } from "../helpers/disputes.js";
import {
  attestedNode,
  combinationNode,
  DAY,
  deploySettlement,
  makeRule,
  unchallengedNode,
  words,
} from "../helpers/settlement.js";

const fresh = committeeFixture();

describe("a committee's source and rule under attack", () => {
  const bytes = concatBytes(...words(5).map(hexToBytes));
  const { root } = new WordTree(bytes);
  const length = BigInt(bytes.length);

  it("a batch that was certified for one inbox is none of another that has the same inputs", async () => {
    const committee = await fresh();
    const source = await committee.ethers.deployContract("CommitteeSource", [committee.identity.address, 3, DAY]);
    const [mine, other] = [
      await committee.ethers.deployContract("FalseChain"),
      await committee.ethers.deployContract("FalseChain"),
    ];
    const expiry = BigInt(await committee.helpers.time.latest()) + 2n * BigInt(DAY);
    const statement = batchStatement((await mine.getAddress()) as Hex, ZERO_WORD, root, length, expiry);
    const data = encodeCertifiedBatch(root, length, expiry, await committee.certificate(1n, statement));
    const address = await source.getAddress();
    expect(await mine.commit.staticCall(address, data)).to.deep.equal([root, length]);
    await expect(other.commit.staticCall(address, data)).to.be.revertedWithCustomError(
      committee.contract,
      "WrongSignature",
    );
    const [a, b] = [
      encodeCertifiedBatch(root, length + 1n, expiry, await committee.certificate(1n, statement)),
      encodeCertifiedBatch(root, length, expiry + 1n, await committee.certificate(1n, statement)),
    ];
    for (const changed of [a, b]) {
      await expect(mine.commit.staticCall(address, changed)).to.be.revertedWithCustomError(
        committee.contract,
        "WrongSignature",
      );
    }
    await committee.helpers.time.increase(DAY + 100);
    await expect(mine.commit.staticCall(address, data)).to.be.revertedWithCustomError(source, "ExpiresTooEarly");
  });

  it("struck seats do not make a quorum", async () => {
    const committee = await fresh();
    const source = await committee.ethers.deployContract("CommitteeSource", [committee.identity.address, 3, DAY]);
    const inbox = await committee.ethers.deployContract("FalseChain");
    const expiry = BigInt(await committee.helpers.time.latest()) + 2n * BigInt(DAY);
    const statement = batchStatement((await inbox.getAddress()) as Hex, ZERO_WORD, root, length, expiry);
    const data = encodeCertifiedBatch(root, length, expiry, await committee.certificate(1n, statement, [0, 1, 2]));
    await inbox.commit.staticCall(await source.getAddress(), data);
    await committee.slash(1n, [1]);
    await expect(inbox.commit.staticCall(await source.getAddress(), data))
      .to.be.revertedWithCustomError(source, "QuorumMissed")
      .withArgs(2n, 3n);
  });

  it("a source needs a quorum of at least one, and of no more than there are members", async () => {
    const committee = await fresh();
    const factory = await committee.ethers.getContractFactory("CommitteeSource");
    for (const quorum of [0, 5]) {
      await expect(factory.deploy(committee.identity.address, quorum, DAY)).to.be.revertedWithCustomError(
        factory,
        "QuorumOutOfRange",
      );
    }
  });

  it("an assertion before the first epoch, or in one without seats, is final by its window alone", async () => {
    const chain = await deploySettlement();
    const committee = await deployCommitteeOn(chain, { pool: 3 });
    const address = await committee.contract.getAddress();
    const attested = attestedNode(address, 1);
    const either = [attested, unchallengedNode(7 * DAY), combinationNode(1, [0, 1])];
    const attacked = await chain.sibling(await makeRule(chain.parts.rules, either));
    const rule = await committee.ethers.getContractAt("IRule", await makeRule(chain.parts.rules, [attested]));
    await attacked.batch(words(3));
    const disputes = new Disputes(attacked);
    const rollup = await attacked.rollup.getAddress();
    const first = await disputes.truth();
    const before = await disputes.assert(attacked.people[0], first);
    await committee.turn();
    await attacked.batch(words(3));
    const within = await disputes.assert(attacked.people[0], await disputes.truth(before.id, first), before.id);
    expect(await committee.contract.seated(1n)).to.deep.equal([]);
    for (const [epoch, made] of [before, within].entries()) {
      const { createdAt } = await attacked.rollup.assertion(made.id);
      expect(await committee.contract.epochAt(createdAt)).to.equal(BigInt(epoch));
      expect(await rule.isFinal(rollup, made.id)).to.equal(false);
      await chain.at(createdAt + BigInt(7 * DAY) - 10n);
      await expect(attacked.rollup.confirm(made.id)).to.be.revertedWithCustomError(attacked.rollup, "NotFinal");
      await chain.at(createdAt + BigInt(7 * DAY) + 1n);
      await attacked.rollup.confirm(made.id);
      expect(await rule.isFinal(rollup, made.id)).to.equal(false);
      expect((await attacked.rollup.assertion(made.id)).status).to.equal(ASSERTION.confirmed);
    }
  });
});
