import { expect } from "chai";

import { allOf, anyOf, atLeast, attested, proven, unchallenged } from "../../plugin/rules/builders.js";
import { formatRule } from "../../plugin/rules/format.js";

describe("rule builders", () => {
  const rule = anyOf(
    allOf(attested("members", 19), unchallenged("1h")),
    atLeast(1, proven("honk"), unchallenged("7d")),
  );

  it("give plain JSON that survives being written and read", () => {
    expect(JSON.parse(JSON.stringify(rule))).to.deep.equal(rule);
  });

  it("nest as they read", () => {
    const written = "anyOf(allOf(attested(members, 19), unchallenged(1h)), atLeast(1, proven(honk), unchallenged(7d)))";
    expect(formatRule(rule)).to.equal(written);
  });
});
