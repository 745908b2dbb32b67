import { join } from "node:path";

import { expect } from "chai";

import { HISTORY_WIDTHS } from "../../plugin/dispute/historyKind.js";
import { resolveChain, resolveRollup } from "../../plugin/config/resolve.js";
import { ConfigError, PlannedError } from "../../plugin/errors.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { allOf, anyOf, atLeast, proven, unchallenged } from "../../plugin/rules/builders.js";
import { blob, calldata, external } from "../../plugin/sources/builders.js";

const ROOT = "/project";
const DAY = 86_400;
const resolve = (chain: unknown) => resolveChain("demo", chain, ROOT);

/** The first line of the error that a configuration is refused with. */
function refusal(chain: unknown): string {
  try {
    resolve(chain);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof PlannedError) return error.message.split("\n")[0];
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("a chain's configuration", () => {
  describe("presets", () => {
    it("expands the rollup mode to its parts", () => {
      expect(resolve({ mode: "rollup" })).to.deep.include({
        mode: "rollup",
        machine: "wasm",
        sources: [{ kind: "calldata" }, { kind: "blob" }],
        rule: { kind: "unchallenged", window: 7 * DAY },
        history: "blob",
        bank: 2 * DAY,
        minResponse: 3 * 3600,
      });
    });

    it("is a rollup where no mode is named", () => {
      expect(resolve({})).to.deep.equal(resolve({ mode: "rollup" }));
    });

    it("lets explicit parts override the mode's, and leaves the others", () => {
      const rule = anyOf(allOf(unchallenged("1h"), unchallenged(90)), unchallenged("2w"));
      const chain = resolve({ mode: "rollup", rule, minResponse: "5m" });
      expect(chain.rule).to.deep.equal({
        kind: "anyOf",
        rules: [
          {
            kind: "allOf",
            rules: [
              { kind: "unchallenged", window: 3600 },
              { kind: "unchallenged", window: 90 },
            ],
          },
          { kind: "unchallenged", window: 14 * DAY },
        ],
      });
      expect([chain.bank, chain.minResponse]).to.deep.equal([2 * DAY, 300]);
    });

    it("takes a part that is given as undefined as not given", () => {
      expect(resolve({ mode: undefined, bank: undefined })).to.deep.equal(resolve({}));
    });

    it("defaults to 2^12 inputs of 2^36 steps, with a small budget for messages that anyone may force", () => {
      expect(resolve({})).to.deep.include({
        inputBits: 12,
        stepBits: 36,
        maxInputs: 4096,
        inputBudget: { batch: 2n ** 36n - 1n, message: 2n ** 22n },
      });
    });

    it("keeps every budget inside a small window", () => {
      expect(resolve({ stepBits: 12 }).inputBudget).to.deep.equal({ batch: 4095n, message: 4095n });
    });

    it("has a bond for every level of a dispute, of which histories in blobs have half as many", () => {
      for (const [history, width] of Object.entries(HISTORY_WIDTHS)) {
        const { claims } = resolve({ inputBits: 12, stepBits: 24, history }).bonds;
        expect(claims).to.have.length(36 / width);
      }
    });
  });

  describe("the history of its disputes", () => {
    const claims = (count: number) => ({ claims: Array.from({ length: count }, () => 7n) });

    it("is in blobs if nothing is said, and in calldata where there are none", () => {
      const { history, bonds, fallback } = resolve({});
      expect([history, bonds.claims.length]).to.deep.equal(["blob", 4]);
      expect([fallback?.history, fallback?.bonds.claims.length]).to.deep.equal(["calldata", 8]);
    });

    it("is in calldata if nothing is said where blobs do not fit", () => {
      for (const parts of [{ inputBits: 6 }, { stepBits: 18 }, { bank: "10d" }, { bonds: claims(8) }]) {
        expect(resolve(parts)).to.include({ history: "calldata", fallback: undefined });
      }
    });

    it("is in blobs alone where the bonds are of its levels", () => {
      expect(resolve({ bonds: claims(4) })).to.include({ history: "blob", fallback: undefined });
    });

    it("is what is said, and nothing else", () => {
      expect(resolve({ history: "blob" })).to.include({ history: "blob", fallback: undefined });
      expect(resolve({ history: "calldata" })).to.include({ history: "calldata", fallback: undefined });
    });
  });

  describe("the sources of its batches", () => {
    const LONG = { rule: unchallenged("14d"), history: "calldata" } as const;

    it("are what is said, in that order, by name or by builder", () => {
      expect(resolve({ sources: [blob(), "calldata"] }).sources).to.deep.equal([blob(), calldata()]);
      expect(resolve({ sources: ["blob"] }).sources).to.deep.equal([blob()]);
    });

    it("have no blobs, if nothing is said, where blobs would be gone before a dispute is over", () => {
      expect(resolve(LONG).sources).to.deep.equal([calldata()]);
      expect(resolve({ assertionLag: "8d" }).sources).to.deep.equal([calldata()]);
      expect(resolve({ assertionLag: "5d" }).sources).to.deep.equal([calldata(), blob()]);
    });

    it("are refused where blobs would be gone, with the sum", () => {
      expect(refusal({ ...LONG, sources: [calldata(), blob()] })).to.equal(
        "config.rollup.chains.demo.sources[1]: expected with blobs, which are gone after 18d, a shorter sum of assertionLag, " +
          'longest window and 2 * bank + 7 * minResponse, got "assertionLag 1d + window 14d + dispute 4d 21h = 19d 21h"',
      );
    });
  });

  describe("amounts, shares and accounts", () => {
    it("reads amounts in every unit", () => {
      const bonds = { assertion: "0.5 ether", claims: ["1 ETH", "20 gwei", 7n] };
      const resolved = resolve({ inputBits: 6, stepBits: 12, bonds }).bonds;
      expect(resolved).to.deep.equal({ assertion: 5n * 10n ** 17n, claims: [10n ** 18n, 20n * 10n ** 9n, 7n] });
    });

    it("takes one amount for all levels", () => {
      const { claims } = resolve({ inputBits: 6, stepBits: 6, bonds: { claims: "3 wei" } }).bonds;
      expect(claims).to.deep.equal([3n, 3n]);
    });

    it("turns shares into basis points", () => {
      expect(resolve({ burnedShare: 0.25, proverShare: 0.5 })).to.include({ burnedShare: 2500, proverShare: 5000 });
    });

    it("lets one account do everything unless told otherwise", () => {
      const chain = resolve({ sequencer: 3, accounts: { challenger: 2 } });
      expect(chain.sequencer).to.equal(3);
      expect(chain.accounts).to.deep.equal({ deployer: 0, asserter: 0, challenger: 2, user: 0 });
    });
  });

  describe("guests", () => {
    it("finds a guest of this package by its name", () => {
      expect(resolve({ guest: "counter" }).guest.path).to.equal(join(PACKAGE_ROOT, "guests", "counter"));
    });

    it("finds the project's own guests from the project's root", () => {
      expect(resolve({ guest: "./guests/mine.ts" }).guest.path).to.equal("/project/guests/mine.ts");
      expect(resolve({ guest: "/elsewhere/mine.wasm" }).guest.path).to.equal("/elsewhere/mine.wasm");
    });
  });

  describe("refuses, naming the path, what was expected and what was given", () => {
    const PATH = "config.rollup.chains.demo";
    const DURATION = 'a duration above 0, such as "7d", "1h", "90s", or a whole number of seconds';
    const AMOUNT = 'an amount of ETH, such as "0.1 ether", "20 gwei", or wei as a bigint';

    const cases: readonly [string, unknown, string][] = [
      ["a chain that is no object", 7, `${PATH}: expected an object, got 7`],
      ["an unknown mode", { mode: "rolup" }, `${PATH}.mode: expected one of rollup, anytrust,`],
      ["an unknown key", { bnak: "1d" }, `${PATH}.bnak: expected no such key, got "1d"`],
      ["an unknown key deep inside", { bonds: { claim: 1n } }, `${PATH}.bonds.claim: expected no such key, got 1`],
      ["a negative duration", { bank: -5 }, `${PATH}.bank: expected ${DURATION}, got -5`],
      ["a duration without its unit", { bank: "7" }, `${PATH}.bank: expected ${DURATION}, got "7"`],
      ["a duration of nothing", { minResponse: "0s" }, `${PATH}.minResponse: expected ${DURATION}, got "0s"`],
      ["an endless duration", { bank: "99999999d" }, `${PATH}.bank: expected ${DURATION}, got "99999999d"`],
      ["a window in a rule", { rule: unchallenged("soon") }, `${PATH}.rule.window: expected ${DURATION}, got "soon"`],
      [
        "a window deep in a rule",
        { rule: anyOf(unchallenged("1d"), allOf(unchallenged(-1))) },
        `${PATH}.rule.rules[1].rules[0].window: expected ${DURATION}, got -1`,
      ],
      ["a rule of no kind", { rule: { kind: "always" } }, `${PATH}.rule.kind: expected a rule: unchallenged,`],
      ["an empty rule", { rule: anyOf() }, `${PATH}.rule.rules: expected at least one rule, got []`],
      [
        "a count above the number of rules",
        { rule: atLeast(3, unchallenged(1), unchallenged(2)) },
        `${PATH}.rule.count: expected at most the number of rules, 2, got 3`,
      ],
      ["a count of 0", { rule: atLeast(0, unchallenged(1)) }, `${PATH}.rule.count: expected a whole number from 1 to`],
      [
        "more windows than the contracts count",
        { rule: anyOf(...[1, 2, 3, 4, 5].map(unchallenged)) },
        `${PATH}.rule: expected at most 4 different windows, got [1,2,3,4,5]`,
      ],
      ["no source", { sources: [] }, `${PATH}.sources: expected at least one source, got []`],
      ["an unknown source", { sources: ["ipfs"] }, `${PATH}.sources[0]: expected calldata(), blob(),`],
      ["a source twice", { sources: [calldata(), "calldata"] }, `${PATH}.sources[1]: expected each source once`],
      ["an unknown machine", { machine: "evm" }, `${PATH}.machine: expected "wasm" or "riscv" or "mips", got "evm"`],
      ["an unknown history", { history: "tape" }, `${PATH}.history: expected "auto", "blob" or "calldata", got "tape"`],
      [
        "bits that blobs do not divide",
        { history: "blob", inputBits: 6 },
        `${PATH}.inputBits: expected a multiple of 12`,
      ],
      [
        "disputes that outlive their blobs",
        { history: "blob", bank: "9d" },
        `${PATH}.bank: expected with blob histories 2 * bank + 3 * minResponse of at most 18d, after which blobs are gone, got "18d 9h in all"`,
      ],
      ["bits that histories do not divide", { inputBits: 7 }, `${PATH}.inputBits: expected a multiple of 6`],
      ["bits that are too many", { stepBits: 48 }, `${PATH}.stepBits: expected a whole number from 6 to 42, got 48`],
      [
        "more inputs than an assertion has room for",
        { inputBits: 6, maxInputs: 65 },
        `${PATH}.maxInputs: expected at most 2^inputBits, which is 64, got 65`,
      ],
      [
        "a budget past the window",
        { stepBits: 6, inputBudget: { message: 64 } },
        `${PATH}.inputBudget.message: expected at most 2^stepBits - 1, which is 63, got 64`,
      ],
      [
        "an answer longer than the bank",
        { bank: "1h", minResponse: "2h" },
        `${PATH}.minResponse: expected at most bank`,
      ],
      ["a bond that is a number", { bonds: { assertion: 1 } }, `${PATH}.bonds.assertion: expected ${AMOUNT}, got 1`],
      ["a bond finer than wei", { bonds: { assertion: "0.5 wei" } }, `${PATH}.bonds.assertion: expected ${AMOUNT}`],
      ["a bond in a list", { bonds: { claims: [1n, "x"] } }, `${PATH}.bonds.claims[1]: expected ${AMOUNT}, got "x"`],
      ["bonds for other levels", { bonds: { claims: [1n] } }, `${PATH}.bonds.claims: expected one amount, or 8,`],
      [
        "a bank that a claim's record has no room for",
        { bank: "195d" },
        `${PATH}.bank: expected at most 2^24 - 1 seconds, 194d 4h 20m 15s, got "195d"`,
      ],
      [
        "a rule of too many parts",
        { rule: anyOf(...Array.from({ length: 99 }, () => unchallenged(1))) },
        `${PATH}.rule.rules: expected at most`,
      ],
      ["nobody as the sequencer", { sequencer: `0x${"00".repeat(20)}` }, `${PATH}.sequencer: expected an index into`],
      ["a share above 1", { burnedShare: 20 }, `${PATH}.burnedShare: expected a share from 0 to 1, got 20`],
      ["shares above 1 in all", { burnedShare: 0.7, proverShare: 0.4 }, `${PATH}.proverShare: expected at most 1`],
      ["a name as an account", { sequencer: "bob" }, `${PATH}.sequencer: expected an index into`],
      ["an account of a role", { accounts: { user: -1 } }, `${PATH}.accounts.user: expected an index into`],
    ];
    for (const [what, chain, message] of cases) {
      it(what, () => {
        expect(refusal(chain).startsWith(message), refusal(chain)).to.equal(true);
      });
    }

    it("all of it at once", () => {
      const wrong = { chains: { demo: { bank: 0, history: 5 }, other: { minResponse: "x" } } };
      expect(() => resolveRollup(wrong, ROOT))
        .to.throw(ConfigError)
        .with.property("issues")
        .that.has.length(3);
    });

    it("beacon nodes that are no addresses", () => {
      expect(resolveRollup({ beacons: ["https://beacon.example.org/key"] }, ROOT).beacons).to.have.length(1);
      for (const beacon of ["beacon", "ftp://beacon.example.org", 5]) {
        const expected = "config.rollup.beacons[0]: expected the http address of a beacon node";
        expect(() => resolveRollup({ beacons: [beacon] }, ROOT)).to.throw(ConfigError, expected);
      }
    });

    it("a chain's name that cannot be a file's", () => {
      expect(() => resolveRollup({ chains: { "a/b": {} } }, ROOT)).to.throw(ConfigError, "a name of letters");
    });
  });

  describe("refuses what is planned with an error of its own", () => {
    const cases: readonly [unknown, string, string][] = [
      [{ mode: "zk-rollup" }, "mode", 'mode "zk-rollup"'],
      [{ mode: "sovereign" }, "mode", 'mode "sovereign"'],
      [{ sources: [external("0x00")] }, "sources[0]", "external source"],
      [{ rule: anyOf(unchallenged("1d"), proven("ultrahonk")) }, "rule.rules[1]", "proven rule"],
      [{ rule: proven("ultrahonk") }, "rule", "proven rule"],
    ];
    for (const [chain, path, part] of cases) {
      it(`${part} at ${path}`, () => {
        expect(() => resolve(chain))
          .to.throw(PlannedError)
          .that.includes({ code: "PART_PLANNED", path: `config.rollup.chains.demo.${path}` })
          .and.has.property("part")
          .that.satisfies((given: string) => given.startsWith(part));
      });
    }
  });
});
