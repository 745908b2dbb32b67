import { RollupError } from "../errors.js";
import type { ChainConfig, RollupConfig } from "./types.js";

/**
 * The chain that a command is about: the one that was named, else the only one there is.
 * @throws {RollupError} `CHAIN_UNKNOWN` if the name is not configured, `CHAIN_AMBIGUOUS` if there are several, `CHAIN_NONE` if
 * there is none.
 */
export function selectChain(config: RollupConfig, name: string | undefined): ChainConfig {
  const names = Object.keys(config.chains);
  if (name !== undefined) {
    if (names.includes(name)) return config.chains[name];
    const expected = names.length === 0 ? "no chain is configured" : names.join(", ");
    throw new RollupError("CHAIN_UNKNOWN", `No chain of this name in config.rollup.chains.`, { given: name, expected });
  }
  if (names.length === 1) return config.chains[names[0]];
  if (names.length === 0) {
    const hint = 'add one to hardhat.config.ts: rollup: { chains: { demo: { mode: "rollup", guest: "counter" } } }';
    throw new RollupError("CHAIN_NONE", "No chain is configured.", { do: hint });
  }
  throw new RollupError("CHAIN_AMBIGUOUS", "Several chains are configured.", {
    expected: names.join(", "),
    do: `name one: --chain ${names[0]}`,
  });
}
