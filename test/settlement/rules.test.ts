import { expect } from "chai";

import { Disputes } from "../helpers/disputes.js";
import {
  combinationNode,
  DAY,
  HOUR,
  makeRule,
  settlementFixture,
  unchallengedNode,
  words,
} from "../helpers/settlement.js";
import { FalseTrace } from "../helpers/traces.js";

const deploy = settlementFixture();

describe("rules", () => {
  it("are deployed once, at addresses that follow from what they say", async () => {
    const { parts } = await deploy();
    const tree = [unchallengedNode(HOUR), unchallengedNode(DAY), combinationNode(1, [0, 1])];
    const first = await makeRule(parts.rules, tree);
    expect(await makeRule(parts.rules, tree)).to.equal(first);
    expect(
      await makeRule(parts.rules, [unchallengedNode(2 * HOUR), unchallengedNode(DAY), combinationNode(1, [0, 1])]),
    ).to.not.equal(first);
    expect(
      await makeRule(parts.rules, [unchallengedNode(HOUR), unchallengedNode(DAY), combinationNode(2, [0, 1])]),
    ).to.not.equal(first);
  });

  it("tell the windows of their whole tree, ascending and once each", async () => {
    const { parts, ethers } = await deploy();
    const rule = await makeRule(parts.rules, [
      unchallengedNode(DAY),
      unchallengedNode(HOUR),
      unchallengedNode(60),
      combinationNode(2, [0, 1]),
      combinationNode(3, [3, 2, 1], 2),
    ]);
    expect(await (await ethers.getContractAt("IRule", rule)).windows()).to.deep.equal([60n, 3600n, 86400n]);
  });

  it("refuse what they cannot mean", async () => {
    const { parts } = await deploy();
    const attempt = (nodes: Parameters<typeof makeRule>[1]) => expect(parts.rules.create(nodes)).to.be;
    await attempt([]).revertedWithCustomError(parts.rules, "EmptyRule");
    await attempt([unchallengedNode(0)])
      .revertedWithCustomError(parts.rules, "WindowOutOfRange")
      .withArgs(0, 2 ** 32 - 1);
    await attempt([combinationNode(1, [])])
      .revertedWithCustomError(parts.rules, "WrongNumberOfParts")
      .withArgs(0, 16);
    await attempt([combinationNode(1, [0])])
      .revertedWithCustomError(parts.rules, "PartNotBefore")
      .withArgs(0, 0);
    await attempt([unchallengedNode(1), combinationNode(3, [0], 2)])
      .revertedWithCustomError(parts.rules, "RequiredOutOfRange")
      .withArgs(2, 1);
    await attempt([unchallengedNode(1), combinationNode(3, [0], 0)]).revertedWithCustomError(
      parts.rules,
      "RequiredOutOfRange",
    );
    const nobody = `0x${"11".repeat(20)}`;
    await attempt([{ kind: 4, parameter: 0, deployed: nobody, parts: [] }])
      .revertedWithCustomError(parts.rules, "NotARule")
      .withArgs(nobody);
    const five = [1, 2, 3, 4, 5].map((window) => unchallengedNode(window));
    const anyOf = await parts.rules.create.staticCall(five.slice(0, 1));
    const combination = await (await deploy()).ethers.getContractAt("AnyOf", anyOf);
    await attempt([...five, combinationNode(1, [0, 1, 2, 3, 4])]).revertedWithCustomError(
      combination,
      "TooManyWindows",
    );
  });

  /** A chain whose windows are an hour, a day and two days, and an assertion on it. */
  async function withRule(kind: 1 | 2 | 3, required: number) {
    const chain = await deploy();
    const nodes = [HOUR, DAY, 2 * DAY].map((window) => unchallengedNode(window));
    const rule = await makeRule(chain.parts.rules, [...nodes, combinationNode(kind, [0, 1, 2], required)]);
    const other = await chain.sibling(rule);
    await other.batch(words(3));
    const disputes = new Disputes(other);
    const truth = await disputes.truth();
    const assertion = await disputes.assert(other.people[0], truth);
    const { createdAt } = await other.rollup.assertion(assertion.id);
    const finalAt = async (seconds: number) => {
      await other.time.increaseTo(createdAt + BigInt(seconds));
      return (await other.ethers.getContractAt("IRule", rule)).isFinal(await other.rollup.getAddress(), assertion.id);
    };
    return { chain: other, disputes, truth, assertion, finalAt };
  }

  it("are final when any, all or enough of their parts are", async () => {
    for (const [kind, required, at] of [
      [1, 0, HOUR],
      [2, 0, 2 * DAY],
      [3, 2, DAY],
    ] as const) {
      const { finalAt } = await withRule(kind, required);
      expect(await finalAt(at - 1)).to.equal(false);
      expect(await finalAt(at)).to.equal(true);
    }
  });

  it("are not delayed on a path by claims that came after its window", async () => {
    const { chain, disputes, truth, assertion, finalAt } = await withRule(1, 0);
    const { createdAt } = await chain.rollup.assertion(assertion.id);
    await chain.at(createdAt + BigInt(HOUR) + 1n);
    await disputes.claim(chain.people[1], assertion.id, new FalseTrace(truth, 2n));
    expect(await finalAt(HOUR + 2)).to.equal(true);
    await chain.rollup.confirm(assertion.id);
  });

  it("are delayed by a claim within a window until it is decided, on every longer path too", async () => {
    const { chain, disputes, truth, assertion, finalAt } = await withRule(1, 0);
    const { createdAt } = await chain.rollup.assertion(assertion.id);
    await chain.at(createdAt + BigInt(HOUR) - 1n);
    const attack = await disputes.claim(chain.people[1], assertion.id, new FalseTrace(truth, 2n));
    for (const at of [HOUR, DAY]) expect(await finalAt(at)).to.equal(false);
    const answer = await disputes.answer(chain.people[0], attack, truth);
    await chain.at(await chain.rollup.deadlineOf(answer.id));
    await disputes.resolve(answer, attack);
    expect(await finalAt(4 * DAY)).to.equal(true);
  });

  it("are ended on every path by a claim that stands", async () => {
    const { chain, disputes, truth, assertion, finalAt } = await withRule(1, 0);
    const attack = await disputes.claim(chain.people[1], assertion.id, new FalseTrace(truth, 2n));
    await chain.at(await chain.rollup.deadlineOf(attack.id));
    await disputes.resolve(attack);
    expect(await finalAt(30 * DAY)).to.equal(false);
  });

  it("may be shared between chains, which know nothing of each other", async () => {
    const first = await deploy();
    const second = await first.sibling(first.rule);
    for (const chain of [first, second]) await chain.batch(words(2));
    const [a, b] = [new Disputes(first), new Disputes(second)];
    const [truthA, truthB] = [await a.truth(), await b.truth()];
    const made = [await a.assert(first.people[0], truthA), await b.assert(first.people[0], truthB)];
    await a.claim(first.people[1], made[0].id, new FalseTrace(truthA, 1n));
    await first.after(first.options.window + 60);
    await second.rollup.confirm(made[1].id);
    await expect(first.rollup.confirm(made[0].id)).to.be.revertedWithCustomError(first.rollup, "NotFinal");
  });
});
