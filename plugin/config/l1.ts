import type {
  ConfigurationVariable,
  ConfigurationVariableResolver,
  ResolvedConfigurationVariable,
} from "hardhat/types/config";
import { z } from "zod";

import { ConfigError } from "../errors.js";
import type { Finality } from "../l1/finality.js";
import type { Duration } from "../rules/builders.js";
import { DURATION_EXPECTED, parseDuration } from "./duration.js";

const DEFAULT_TIMEOUT = "10s";

/** How one settlement layer is reached, as it may be written in `config.rollup.l1.<network>`. */
export interface L1UserConfig {
  /** Addresses of JSON-RPC endpoints, the best first, in place of the network's `url` for all that is read. */
  endpoints?: readonly (string | ConfigurationVariable)[];
  /** So many of them must say the same of what decisions rest on: 1, or more than half. More than half if absent. */
  quorum?: number;
  /** How long an endpoint may take to answer; 10 seconds if absent. */
  timeout?: Duration;
  /** The most blocks that one query for logs asks for; found out if absent. */
  maxLogRange?: number;
  /** What is not replaced any more: a tag, or so many blocks behind the latest; what the endpoints call final if absent. */
  finality?: Finality;
  /** Up to where the chain is read; the latest block if absent. */
  head?: Finality;
}

/** How one settlement layer is reached, with everything explicit. */
export interface L1Config {
  /** None where the network's own `url` is used. */
  readonly endpoints: readonly ResolvedConfigurationVariable[];
  readonly quorum: number;
  /** In milliseconds. */
  readonly timeout: number;
  readonly maxLogRange: number | undefined;
  readonly finality: Finality | undefined;
  readonly head: Finality | undefined;
}

const shape = { error: "an object" };
const URL_EXPECTED = "the http address of an endpoint, or a configuration variable";

const endpoint = z.custom<string | ConfigurationVariable>((value) => isVariable(value) || isUrl(value), {
  error: URL_EXPECTED,
});

const FINALITY_EXPECTED = '"finalized", "safe", "latest", or a number of blocks';
const finality = z.custom<Finality>((value) => isFinality(value), { error: FINALITY_EXPECTED });

const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** What `config.rollup.l1.<network>` must look like. */
export const l1Schema = z.strictObject(
  {
    endpoints: z
      .array(endpoint, { error: "a list of addresses of endpoints" })
      .min(1, { error: "at least one endpoint" })
      .optional(),
    quorum: whole(1, 64).optional(),
    timeout: z.custom<Duration>((value) => parseDuration(value) !== undefined, { error: DURATION_EXPECTED }).optional(),
    maxLogRange: whole(1, 10_000_000).optional(),
    finality: finality.optional(),
    head: finality.optional(),
  },
  shape,
);

/**
 * Makes explicit how settlement layers are reached.
 * @param user By the network's name. @param resolveVariable Gives what a configuration variable stands for, when it is asked for.
 * @throws {ConfigError} If a quorum cannot be had, or two could contradict each other.
 */
export function resolveL1(
  user: Readonly<Record<string, L1UserConfig>> = {},
  resolveVariable: ConfigurationVariableResolver,
): Readonly<Record<string, L1Config>> {
  const resolved = Object.entries(user).map(([name, given]): [string, L1Config] => {
    const endpoints = given.endpoints ?? [];
    const quorum = given.quorum ?? Math.floor(endpoints.length / 2) + 1;
    const most = Math.max(endpoints.length, 1);
    if (quorum > most || (quorum > 1 && quorum * 2 <= most)) {
      const least = Math.floor(most / 2) + 1;
      const expected = `1, or more than half of the endpoints: from ${least} to ${most}`;
      throw new ConfigError([{ path: `config.rollup.l1.${name}.quorum`, expected, given: given.quorum }]);
    }
    const { maxLogRange, finality: final, head } = given;
    const timeout = 1_000 * (parseDuration(given.timeout ?? DEFAULT_TIMEOUT) ?? 0);
    return [name, { endpoints: endpoints.map(resolveVariable), quorum, timeout, maxLogRange, finality: final, head }];
  });
  return Object.fromEntries(resolved);
}

function isVariable(value: unknown): value is ConfigurationVariable {
  return typeof value === "object" && value !== null && "_type" in value && value._type === "ConfigurationVariable";
}

function isUrl(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isFinality(value: unknown): value is Finality {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 1_000_000;
  return value === "finalized" || value === "safe" || value === "latest";
}
