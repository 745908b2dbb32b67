import { ConfigError, RollupError } from "../errors.js";
import { parseAmount } from "./amount.js";
import type { BondsUserConfig, ChainConfig } from "./types.js";

type Bonds = ChainConfig["bonds"];

/** A gas price at which an honest party must still be able to answer. */
const STRESSED_GAS_PRICE = 100n * 10n ** 9n;
/** Above what a claim against another and its resolution take, a blob at the same price included. */
const ANSWER_GAS = 1_000_000n;
/** What the worst step may take, which answers a claim of the last level. */
const WORST_STEP_GAS = 10_000_000n;

/**
 * Bonds that pay for the answer and its resolution at a stressed gas price: an assertion and a claim are answered by a
 * claim, a claim of the last level by a step on chain.
 */
export function defaultBonds(levels: number): Bonds {
  const answered = STRESSED_GAS_PRICE * ANSWER_GAS;
  const proved = STRESSED_GAS_PRICE * WORST_STEP_GAS;
  const claims = Array.from({ length: levels }, (_, index) => (index === levels - 1 ? proved : answered));
  return { assertion: answered, claims };
}

/**
 * The bonds in wei.
 * @param path Where they were written, for errors.
 * @throws {ConfigError} If there is not one claim's bond for each level.
 */
export function resolveBonds(user: BondsUserConfig | undefined, defaults: Bonds, path: string): Bonds {
  return {
    assertion: parseAmount(user?.assertion) ?? defaults.assertion,
    claims: resolveClaims(user?.claims, defaults.claims, `${path}.claims`),
  };
}

/**
 * Refuses bonds of nothing, for networks with strangers on them: there, anybody could have an honest party answer for ever, and lose nothing.
 * @throws {RollupError} `BONDS_ZERO`.
 */
export function requireBonds({ name, bonds }: ChainConfig): void {
  const free = [bonds.assertion, ...bonds.claims].findIndex((bond) => bond === 0n);
  if (free < 0) return;
  throw new RollupError("BONDS_ZERO", "Outside of a development network every bond must be above 0.", {
    given: free === 0 ? "0 for an assertion" : `0 for a claim of level ${free}`,
    do: `set config.rollup.chains.${name}.bonds, or leave them out for those that pay for an answer`,
  });
}

function resolveClaims(user: BondsUserConfig["claims"], defaults: readonly bigint[], path: string): readonly bigint[] {
  if (user === undefined) return defaults;
  if (typeof user === "string" || typeof user === "bigint") return defaults.map(() => parseAmount(user) ?? 0n);
  if (user.length === defaults.length) return user.map((bond) => parseAmount(bond) ?? 0n);
  const expected = `one amount, or ${defaults.length}, one for each level`;
  throw new ConfigError([{ path, expected, given: user }]);
}
