import type { ChainUserConfig } from "./config/types.js";
import { PRESET_COMMITTEE as MEMBERS } from "./config/committees.js";
import { allOf, anyOf, attested, proven, unchallenged } from "./rules/builders.js";
import type { RuleUserConfig } from "./rules/builders.js";
import { blob, calldata, committee, external } from "./sources/builders.js";
import type { SourceUserConfig } from "./sources/builders.js";

/** A row of the table of modes: a name for a choice of parts. */
export interface Mode {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly sources: readonly SourceUserConfig[];
  /** Undefined where the mode settles nothing. */
  readonly rule: RuleUserConfig | undefined;
  /** Blobs where there are any. */
  readonly history: "auto";
  /** The clocks of its disputes. */
  readonly bank: string;
  readonly minResponse: string;
  /** What it needs that is not built yet; it can be used only if there is nothing. */
  readonly planned: readonly string[];
  /** What it will gain without being asked for, once it is built. */
  readonly later: readonly string[];
}

/** The preset's members, without whom nothing is signed by all. */
const ALL = 20;

const SLOW = { history: "auto", bank: "2d", minResponse: "3h", later: [] } as const;
const FAST = { history: "auto", bank: "1h", minResponse: "5m", later: [] } as const;

/** Every mode of the design as it expands to parts, whether it is built or not. */
export const MODES: readonly Mode[] = [
  {
    ...SLOW,
    name: "rollup",
    summary: "data on L1, disputes decide",
    sources: [calldata(), blob()],
    rule: unchallenged("7d"),
    planned: [],
  },
  {
    ...SLOW,
    name: "anytrust",
    summary: "a committee keeps the data and vouches; without it, a rollup",
    sources: [committee(MEMBERS), calldata(), blob()],
    rule: anyOf(attested(MEMBERS), unchallenged("7d")),
    planned: [],
  },
  {
    ...FAST,
    name: "short-window",
    summary: "a committee shortens the window; without it, a rollup",
    sources: [calldata(), blob()],
    rule: anyOf(allOf(attested(MEMBERS), unchallenged("1h")), unchallenged("7d")),
    planned: [],
  },
  {
    ...SLOW,
    name: "zk-rollup",
    summary: "data on L1, validity proofs",
    sources: [calldata(), blob()],
    rule: proven("ultrahonk"),
    planned: ["proven rule"],
  },
  {
    ...SLOW,
    name: "zk-anytrust",
    summary: "a committee keeps the data; all of it or a proof vouch",
    sources: [committee(MEMBERS), calldata()],
    rule: anyOf(attested(MEMBERS, ALL), proven("ultrahonk")),
    planned: ["proven rule"],
  },
  {
    ...SLOW,
    name: "validium",
    summary: "a committee keeps the data, validity proofs",
    sources: [committee(MEMBERS)],
    rule: proven("ultrahonk"),
    planned: ["proven rule"],
  },
  {
    ...SLOW,
    name: "volition",
    summary: "committee or L1 data by choice per batch, validity proofs",
    sources: [committee(MEMBERS), blob()],
    rule: proven("ultrahonk"),
    planned: ["proven rule"],
  },
  {
    ...SLOW,
    name: "celestium",
    summary: "data in another layer, any rule",
    sources: [external("0x0000000000000000000000000000000000000000")],
    rule: unchallenged("7d"),
    planned: ["external source"],
  },
  {
    ...SLOW,
    name: "sovereign",
    summary: "the contracts order data and settle nothing",
    sources: [calldata(), blob()],
    rule: undefined,
    planned: ["a chain without a rule"],
  },
  {
    ...SLOW,
    name: "fractal",
    summary: "an L3: its settlement layer is another chain of this kind",
    sources: [calldata()],
    rule: unchallenged("7d"),
    planned: ["a settlement layer that is itself a chain"],
  },
];

/** The mode of a chain that names none. */
export const DEFAULT_MODE = "rollup";

/** The mode with this name, undefined if there is none. */
export function findMode(name: string): Mode | undefined {
  return MODES.find((mode) => mode.name === name);
}

/** A mode's parts as a user would have written them. */
export function modeParts(mode: Mode): ChainUserConfig {
  const { sources, rule, history, bank, minResponse } = mode;
  return { sources, rule, history, bank, minResponse };
}
