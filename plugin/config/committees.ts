import { ConfigError } from "../errors.js";
import type { Hex } from "../hex.js";
import { ruleCommittees } from "../rules/format.js";
import { parseAmount } from "./amount.js";
import type { DataNeed } from "./dataNeed.js";
import { formatDuration, parseDuration } from "./duration.js";
import type { CommitteeConfig, CommitteeUserConfig, RuleConfig, SourceConfig } from "./types.js";

/** The committee that modes name. */
export const PRESET_COMMITTEE = "members";

const ETHER = `0x${"00".repeat(20)}` as const;
const BASIS_POINTS = 10_000;
const DAY = 86_400;
/** 100 registered with 20 active, of whom 2 are honest; an epoch of a day of blocks. */
const PRESET = { size: 20, honest: 2, pool: 100, epochBlocks: 7_200, freezeBlocks: 64 } as const;
const DEFAULT_STAKE = 10n ** 18n;
const DEFAULT_UNBONDING = 30 * DAY;
const DEFAULT_REPORTER_SHARE = 0.1;
const DEFAULT_CERTIFICATE_TIMEOUT = 10;

/** Committees that chains may name. */
export type Committees = Readonly<Record<string, CommitteeConfig>>;

/**
 * Makes every part of every committee explicit, and adds the modes' preset.
 * @throws {ConfigError} If values contradict each other.
 */
export function resolveCommittees(user: Readonly<Record<string, CommitteeUserConfig>> = {}): Committees {
  const given = Object.entries({ [PRESET_COMMITTEE]: {}, ...user });
  return Object.fromEntries(given.map(([name, committee]) => [name, resolveCommittee(name, committee)]));
}

function resolveCommittee(name: string, user: CommitteeUserConfig): CommitteeConfig {
  const path = `config.rollup.committees.${name}`;
  const { size = PRESET.size, epochBlocks = PRESET.epochBlocks } = user;
  const honest = user.honest ?? Math.min(PRESET.honest, size);
  const pool = user.pool ?? Math.max(PRESET.pool, size);
  const freezeBlocks = user.freezeBlocks ?? Math.min(PRESET.freezeBlocks, epochBlocks >> 1);
  requireAtMost(honest, size, `${path}.honest`, "size");
  requireAtMost(size, pool, `${path}.size`, "pool");
  // A pool that is frozen from one draw to the next is one that nobody can ever join.
  requireAtMost(freezeBlocks, epochBlocks - 1, `${path}.freezeBlocks`, "epochBlocks - 1");
  return {
    name,
    token: (user.token?.toLowerCase() as Hex | undefined) ?? ETHER,
    stake: parseAmount(user.stake) ?? DEFAULT_STAKE,
    size,
    honest,
    pool,
    epochBlocks,
    freezeBlocks,
    unbonding: parseDuration(user.unbonding) ?? DEFAULT_UNBONDING,
    reporterShare: Math.round((user.reporterShare ?? DEFAULT_REPORTER_SHARE) * BASIS_POINTS),
    certificateTimeout: parseDuration(user.certificateTimeout) ?? DEFAULT_CERTIFICATE_TIMEOUT,
    retention: parseDuration(user.retention),
    members: Object.fromEntries(Object.entries(user.members ?? {}).map(([at, url]) => [at.toLowerCase(), url])),
  };
}

/** So many signatures that, with `honest` honest members, one of the signers is honest: all but `honest - 1`. */
export function quorumOf({ size, honest }: CommitteeConfig): number {
  return size - honest + 1;
}

/**
 * The committee of a name.
 * @param path Where it was named, for errors.
 * @throws {ConfigError} If there is none.
 */
export function findCommittee(committees: Committees, name: string, path: string): CommitteeConfig {
  const found = Object.hasOwn(committees, name) ? committees[name] : undefined;
  if (found !== undefined) return found;
  const expected = `a committee of config.rollup.committees: ${Object.keys(committees).join(", ")}`;
  throw new ConfigError([{ path, expected, given: name }]);
}

/**
 * How long a committee keeps a chain's batches, in seconds: what is configured, else for as long as they may be needed.
 * @throws {ConfigError} If what is configured is shorter.
 */
export function retentionOf({ name, retention }: CommitteeConfig, need: DataNeed, chain: string): number {
  if (retention === undefined) return need.seconds;
  requireOutlasts(retention, need, `config.rollup.committees.${name}.retention`, chain);
  return retention;
}

/**
 * The committees that a chain's sources and rule name, each once.
 * @throws {ConfigError} If stakes would be free before a member's lie is shown.
 */
export function chainCommittees(
  { sources, rule, need, chain }: { sources: readonly SourceConfig[]; rule: RuleConfig; need: DataNeed; chain: string },
  committees: Committees,
): CommitteeConfig[] {
  const named = sources.flatMap((source) => (source.kind === "committee" ? [source.committee] : []));
  return [...new Set([...named, ...ruleCommittees(rule)])].map((name) => {
    requireOutlasts(committees[name].unbonding, need, `config.rollup.committees.${name}.unbonding`, chain);
    return committees[name];
  });
}

/** Whatever is shown against a member must be shown while there is a stake to take and a batch to show it by. */
function requireOutlasts(given: number, { seconds, terms }: DataNeed, path: string, chain: string): void {
  if (given >= seconds) return;
  const expected = `at least ${formatDuration(seconds)}, which chain "${chain}" needs (${terms})`;
  throw new ConfigError([{ path, expected, given: formatDuration(given) }]);
}

function requireAtMost(given: number, limit: number, path: string, what: string): void {
  if (given <= limit) return;
  throw new ConfigError([{ path, expected: `at most ${what}, which is ${limit}`, given }]);
}
