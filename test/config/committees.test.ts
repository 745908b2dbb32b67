import { expect } from "chai";

import { resolveRollup } from "../../plugin/config/resolve.js";
import type { ChainConfig, ChainUserConfig, CommitteeUserConfig } from "../../plugin/config/types.js";
import { ConfigError } from "../../plugin/errors.js";
import { allOf, anyOf, attested, unchallenged } from "../../plugin/rules/builders.js";
import { blob, calldata, committee } from "../../plugin/sources/builders.js";

const DAY = 86_400;
const HOUR = 3_600;
const ALICE = `0x${"aB".repeat(20)}` as const;
const PATH = "config.rollup.committees.members";

/** A project with one chain and, if it is given, one committee. */
function resolve(chain: ChainUserConfig, members?: unknown): ChainConfig {
  const committees = members === undefined ? {} : { committees: { members } };
  return resolveRollup({ chains: { demo: chain }, ...committees }, "/project").chains.demo;
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("a committee's configuration", () => {
  it("is the preset where nothing is said: 20 of 100, of whom 2 are honest", () => {
    const { committees } = resolveRollup({}, "/project");
    expect(Object.keys(committees)).to.deep.equal(["members"]);
    expect(committees.members).to.deep.equal({
      name: "members",
      token: `0x${"00".repeat(20)}`,
      stake: 10n ** 18n,
      size: 20,
      honest: 2,
      pool: 100,
      epochBlocks: 7200,
      freezeBlocks: 64,
      unbonding: 30 * DAY,
      reporterShare: 1000,
      certificateTimeout: 10,
      retention: undefined,
      members: {},
    });
  });

  it("is what is said, with members by lower-case account", () => {
    const given: CommitteeUserConfig = {
      token: `0x${"CC".repeat(20)}`,
      stake: "2.5 ether",
      size: 6,
      honest: 3,
      pool: 9,
      epochBlocks: 10,
      freezeBlocks: 5,
      unbonding: "20d",
      reporterShare: 0.25,
      certificateTimeout: "2s",
      retention: "15d",
      members: { [ALICE]: "https://alice.example.org:8547/" },
    };
    const { committees } = resolveRollup({ committees: { guards: given } }, "/project");
    expect(committees.guards).to.deep.equal({
      ...given,
      name: "guards",
      token: `0x${"cc".repeat(20)}`,
      stake: 25n * 10n ** 17n,
      unbonding: 20 * DAY,
      reporterShare: 2500,
      certificateTimeout: 2,
      retention: 15 * DAY,
      members: { [ALICE.toLowerCase()]: "https://alice.example.org:8547" },
    });
    expect(committees).to.have.property("members");
  });

  it("of one member trusts that one", () => {
    expect(resolve({ mode: "anytrust" }, { size: 1 }).rule).to.deep.include({
      rules: [
        { kind: "attested", committee: "members", quorum: 1 },
        { kind: "unchallenged", window: 7 * DAY },
      ],
    });
  });

  describe("makes modes", () => {
    it("anytrust: all but h - 1 members keep batches for as long as they may be needed, and vouch", () => {
      const chain = resolve({ mode: "anytrust" });
      const retention = DAY + 7 * DAY + 4 * DAY + 7 * 3 * HOUR;
      expect(chain.sources).to.deep.equal([{ ...committee("members"), quorum: 19, retention }, calldata(), blob()]);
      expect(chain.rule).to.deep.equal({
        kind: "anyOf",
        rules: [
          { kind: "attested", committee: "members", quorum: 19 },
          { kind: "unchallenged", window: 7 * DAY },
        ],
      });
      expect(chain.committees.map(({ name }) => name)).to.deep.equal(["members"]);
    });

    it("short-window: data is on L1, all but h - 1 members open a window of an hour", () => {
      const chain = resolve({ mode: "short-window" }, { size: 6, pool: 8 });
      expect(chain.sources).to.deep.equal([calldata(), blob()]);
      const short = {
        kind: "allOf",
        rules: [
          { kind: "attested", committee: "members", quorum: 5 },
          { kind: "unchallenged", window: HOUR },
        ],
      };
      expect(chain.rule).to.deep.equal({ kind: "anyOf", rules: [short, { kind: "unchallenged", window: 7 * DAY }] });
      expect([chain.bank, chain.minResponse]).to.deep.equal([HOUR, 300]);
    });

    it("with other windows and quorums, if they are given", () => {
      const rule = anyOf(allOf(attested("members", 3), unchallenged("10m")), unchallenged("2d"));
      const chain = resolve({ mode: "short-window", rule }, { size: 5 });
      expect(chain.rule).to.deep.equal({
        kind: "anyOf",
        rules: [
          {
            kind: "allOf",
            rules: [
              { kind: "attested", committee: "members", quorum: 3 },
              { kind: "unchallenged", window: 600 },
            ],
          },
          { kind: "unchallenged", window: 2 * DAY },
        ],
      });
    });

    it("that name no committee without any", () => {
      expect(resolve({ mode: "rollup" }).committees).to.deep.equal([]);
    });
  });

  describe("is refused, naming the path, what was expected and what was given", () => {
    const sum = "assertionLag 1d + window 7d + dispute 4d 21h = 12d 21h";
    const cases: readonly [string, unknown, string][] = [
      ["a committee that is no object", 7, `${PATH}: expected an object, got 7`],
      ["an unknown key", { sise: 5 }, `${PATH}.sise: expected no such key, got 5`],
      ["nobody", { size: 0 }, `${PATH}.size: expected a whole number from 1 to 115, got 0`],
      ["more than the contracts seat", { size: 116 }, `${PATH}.size: expected a whole number from 1 to 115, got 116`],
      [
        "more honest members than members",
        { size: 3, honest: 4 },
        `${PATH}.honest: expected at most size, which is 3, got 4`,
      ],
      ["nobody honest", { honest: 0 }, `${PATH}.honest: expected a whole number from 1 to 115, got 0`],
      ["a pool that fills no epoch", { size: 9, pool: 8 }, `${PATH}.size: expected at most pool, which is 8, got 9`],
      [
        "a freeze longer than the epoch",
        { epochBlocks: 9, freezeBlocks: 9 },
        `${PATH}.freezeBlocks: expected at most epochBlocks - 1`,
      ],
      ["a stake of nothing", { stake: 0n }, `${PATH}.stake: expected an amount of ETH`],
      ["a share above 1", { reporterShare: 2 }, `${PATH}.reporterShare: expected a share from 0 to 1, got 2`],
      ["a token that is none", { token: "USDC" }, `${PATH}.token: expected the address of a token, got "USDC"`],
      [
        "a member that is no account",
        { members: { alice: "http://a" } },
        `${PATH}.members.alice: expected the account of a member`,
      ],
      [
        "a server that is no address",
        { members: { [ALICE]: "a:80" } },
        `${PATH}.members.${ALICE}: expected the http address`,
      ],
      [
        "stakes that are free too early",
        { unbonding: "12d" },
        `${PATH}.unbonding: expected at least 12d 21h, which chain "demo" needs (${sum}), got "12d"`,
      ],
      ["batches that are gone too early", { retention: "12d 20h" }, `${PATH}.retention: expected a duration above 0`],
      [
        "batches that are kept too short",
        { retention: "12d" },
        `${PATH}.retention: expected at least 12d 21h, which chain "demo" needs (${sum}), got "12d"`,
      ],
    ];
    for (const [what, members, message] of cases) {
      it(what, () => {
        const said = refusal(() => resolve({ mode: "anytrust" }, members));
        expect(said.startsWith(message), said).to.equal(true);
      });
    }

    const chains: readonly [string, ChainUserConfig, string][] = [
      [
        "a source",
        { sources: [calldata(), committee("others")] },
        'sources[1].committee: expected a committee of config.rollup.committees: members, got "others"',
      ],
      ["a rule", { rule: anyOf(attested("others", 1)) }, "rule.rules[0].committee: expected a committee of"],
      ["a name that every object has", { rule: attested("constructor", 1) }, "rule.committee: expected a committee of"],
      [
        "more signatures than members",
        { rule: attested("members", 21) },
        "rule.quorum: expected at most the committee's size, 20, got 21",
      ],
    ];
    for (const [what, chain, message] of chains) {
      it(`${what} that it cannot serve`, () => {
        const said = refusal(() => resolve(chain));
        expect(said.startsWith(`config.rollup.chains.demo.${message}`), said).to.equal(true);
      });
    }

    it("only by chains that name it", () => {
      const committees = { others: { unbonding: "1s", retention: "1s" } };
      expect(resolveRollup({ committees, chains: { demo: { mode: "anytrust" } } }, "/").chains).to.have.property(
        "demo",
      );
    });
  });
});
