import { z } from "zod";

import { ConfigError } from "../errors.js";
import type { ConfigIssue } from "../errors.js";
import type { Hex } from "../hex.js";
import type { RuleUserConfig } from "../rules/builders.js";
import { AMOUNT_EXPECTED, parseAmount } from "./amount.js";
import { LOG_LEVELS } from "../service/nodeConfig.js";
import { DURATION_EXPECTED, parseDuration } from "./duration.js";
import { l1Schema } from "./l1.js";
import type { Account, RollupUserConfig } from "./types.js";

/** How many parts the contracts let a rule have. */
const MAX_RULES = 16;

/** In every schema `error` is what an error says was expected. */
const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });
const shape = { error: "an object" };

const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const share = z.number({ error: "a share from 0 to 1" }).refine((value) => value >= 0 && value <= 1, {
  error: "a share from 0 to 1",
});

const duration = z.custom<string | number>((value) => parseDuration(value) !== undefined, { error: DURATION_EXPECTED });
const amount = z.custom<bigint | string>((value) => parseAmount(value) !== undefined, { error: AMOUNT_EXPECTED });

const account = z.custom<Account>((value) => isAccount(value), {
  error: "an index into the network's accounts, or an address",
});

const committeeName = text("the name of a committee");

const source = z.union(
  [
    z.enum(["calldata", "blob"]),
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("calldata") }),
      z.strictObject({ kind: z.literal("blob") }),
      z.strictObject({ kind: z.literal("committee"), committee: committeeName }),
      z.strictObject({ kind: z.literal("external"), oracle: text("the address of an oracle") }),
    ]),
  ],
  { error: "calldata(), blob(), committee(name) or external(oracle)" },
);

const rules = z.lazy(() =>
  z
    .array(rule, { error: "a list of rules" })
    .min(1, { error: "at least one rule" })
    .max(MAX_RULES, { error: `at most ${MAX_RULES} rules` }),
);

const rule: z.ZodType<RuleUserConfig> = z.lazy(() =>
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("unchallenged"), window: duration }),
      z.strictObject({ kind: z.literal("attested"), committee: committeeName, quorum: whole(1, 115).optional() }),
      z.strictObject({ kind: z.literal("proven"), verifier: text("the name of a verifier") }),
      z.strictObject({ kind: z.literal("anyOf"), rules }),
      z.strictObject({ kind: z.literal("allOf"), rules }),
      z.strictObject({ kind: z.literal("atLeast"), count: whole(1, 255), rules }),
    ],
    { error: "a rule: unchallenged, attested, proven, anyOf, allOf or atLeast" },
  ),
);

const bonds = z.strictObject(
  {
    assertion: amount.optional(),
    claims: z
      .union([amount, z.array(amount)], { error: `${AMOUNT_EXPECTED}, or a list of them, one for each level` })
      .optional(),
  },
  shape,
);

const inputBudget = z.strictObject(
  { batch: whole(1, 2 ** 42 - 1).optional(), message: whole(1, 2 ** 42 - 1).optional() },
  shape,
);

const accounts = z.strictObject(
  {
    deployer: account.optional(),
    asserter: account.optional(),
    challenger: account.optional(),
    user: account.optional(),
  },
  shape,
);

const nodeBudget = z.strictObject(
  {
    perDay: amount.optional(),
    total: amount.optional(),
    bondsPerDay: amount.optional(),
    maxFeePerGas: amount.optional(),
    urgentMaxFeePerGas: amount.optional(),
    maxFeePerBlobGas: amount.optional(),
    urgentMaxFeePerBlobGas: amount.optional(),
  },
  shape,
);

const node = z.strictObject(
  {
    batchInterval: duration.optional(),
    batchBytes: whole(32, 2 ** 20).optional(),
    assertInterval: duration.optional(),
    poll: duration.optional(),
    database: text("the path of a file").optional(),
    host: text("an address of this machine").optional(),
    port: whole(0, 65_535).optional(),
    requestsPerMinute: whole(1, 100_000_000).optional(),
    snapshotInterval: duration.optional(),
    logLevel: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(", ")}` }).optional(),
    budget: nodeBudget.optional(),
  },
  shape,
);

/** What `config.rollup.chains.<name>` must look like; what its values mean together is checked when it is resolved. */
export const chainSchema = z.strictObject(
  {
    mode: text("the name of a mode").optional(),
    machine: text("the name of a machine").optional(),
    guest: text("the path of a guest, or the name of one that this package brings").optional(),
    sources: z.array(source, { error: "a list of sources" }).min(1, { error: "at least one source" }).optional(),
    rule: rule.optional(),
    history: text("the name of a history").optional(),
    inputBits: whole(6, 18).optional(),
    stepBits: whole(6, 42).optional(),
    maxInputs: whole(1, 2 ** 18).optional(),
    sequencer: account.optional(),
    bank: duration.optional(),
    minResponse: duration.optional(),
    forceInclusionAfter: duration.optional(),
    assertionLag: duration.optional(),
    bonds: bonds.optional(),
    burnedShare: share.optional(),
    proverShare: share.optional(),
    inputBudget: inputBudget.optional(),
    accounts: accounts.optional(),
    node: node.optional(),
  },
  shape,
);

const account20 = (expected: string) => z.custom<Hex>((value) => isAddress(value), { error: expected });

const stake = z.custom<bigint | string>((value) => (parseAmount(value) ?? 0n) > 0n, {
  error: `${AMOUNT_EXPECTED}, above 0`,
});

const server = z
  .url({ protocol: /^https?$/, error: "the http address of a member's server" })
  .transform((url) => url.replace(/\/+$/, ""));

const committeeSchema = z.strictObject(
  {
    token: account20("the address of a token").optional(),
    stake: stake.optional(),
    size: whole(1, 115).optional(),
    honest: whole(1, 115).optional(),
    pool: whole(1, 2 ** 32 - 1).optional(),
    epochBlocks: whole(2, 8_000_000).optional(),
    freezeBlocks: whole(1, 8_000_000).optional(),
    unbonding: duration.optional(),
    reporterShare: share.optional(),
    certificateTimeout: duration.optional(),
    retention: duration.optional(),
    members: z.record(account20("the account of a member"), server, shape).optional(),
  },
  shape,
);

const chainName = z.string().regex(/^[A-Za-z0-9][\w-]*$/);

const beacon = z.url({ protocol: /^https?$/, error: "the http address of a beacon node" });

const rollupSchema = z.strictObject(
  {
    chains: z.record(chainName, chainSchema, shape).optional(),
    committees: z.record(chainName, committeeSchema, shape).optional(),
    deployments: text("the path of a folder").optional(),
    beacons: z.array(beacon, { error: "a list of addresses of beacon nodes" }).optional(),
    l1: z.record(chainName, l1Schema, shape).optional(),
  },
  shape,
);

/**
 * The shape of `config.rollup` and of everything below it.
 * @throws {ConfigError} Naming every value that is not as expected.
 */
export function checkRollupShape(value: unknown): RollupUserConfig {
  const parsed = rollupSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.flatMap((issue) => toIssues(issue, value, "config.rollup")));
}

/**
 * The shape of one chain's configuration.
 * @param path Where it was written, for errors.
 * @throws {ConfigError} Naming every value that is not as expected.
 */
export function checkChainShape(value: unknown, path: string): z.infer<typeof chainSchema> {
  const parsed = chainSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.flatMap((issue) => toIssues(issue, value, path)));
}

function toIssues(issue: z.core.$ZodIssue, root: unknown, path: string): ConfigIssue[] {
  if (issue.code === "unrecognized_keys") {
    const parent = descend(root, issue.path);
    return issue.keys.map((key) => ({
      path: joinPath(path, [...issue.path, key]),
      expected: "no such key",
      given: descend(parent, [key]),
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path: joinPath(path, issue.path), expected: keyExpected(issue), given: issue.path.at(-1) }];
  }
  if (issue.code === "invalid_union") return unionIssues(issue, root, path);
  return [{ path: joinPath(path, issue.path), expected: issue.message, given: descend(root, issue.path) }];
}

/** What a key must be: as its schema says, if it says it. */
function keyExpected({ issues }: z.core.$ZodIssueInvalidKey): string {
  const said = issues.at(0);
  return said?.code === "custom" ? said.message : "a name of letters, digits, - and _";
}

/** Of a union's branches the one that got deepest is what the user meant; where none did, the union itself is wrong. */
function unionIssues(issue: z.core.$ZodIssueInvalidUnion, root: unknown, path: string): ConfigIssue[] {
  const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((nested) => nested.path.length));
  const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a)).at(0);
  if (deepest === undefined || depth(deepest) === 0 || deepest.some((nested) => nested.path.at(-1) === "kind")) {
    return [{ path: joinPath(path, issue.path), expected: issue.message, given: descend(root, issue.path) }];
  }
  const here = descend(root, issue.path);
  return deepest.flatMap((nested) => toIssues(nested, here, joinPath(path, issue.path)));
}

function descend(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

/** `config.rollup` and `["chains", "demo", "rules", 1]` give `config.rollup.chains.demo.rules[1]`. */
function joinPath(path: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((at, key) => (typeof key === "number" ? `${at}[${key}]` : `${at}.${String(key)}`), path);
}

function isAccount(value: unknown): value is Account {
  return typeof value === "number" ? Number.isInteger(value) && value >= 0 : isAddress(value);
}

function isAddress(value: unknown): value is Hex {
  return typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value) && BigInt(value) !== 0n;
}
