import { join, resolve } from "node:path";

import type { ConfigurationVariableResolver, ResolvedConfigurationVariable } from "hardhat/types/config";

import { ConfigError, PlannedError, RollupError } from "../errors.js";
import { DEFAULT_MACHINE, isMachineName, MACHINE_NAMES, PLANNED_MACHINES, type MachineName } from "../machineTable.js";
import { DEFAULT_MODE, MODES, findMode, modeParts } from "../modes.js";
import { PACKAGE_ROOT } from "../packageRoot.js";
import { chainCommittees, resolveCommittees, type Committees } from "./committees.js";
import { dataNeed } from "./dataNeed.js";
import { formatDuration, parseDuration } from "./duration.js";
import { resolveHistory } from "./history.js";
import { resolveNode } from "./node.js";
import { resolveL1 } from "./l1.js";
import { resolveRule } from "./rule.js";
import { checkChainShape, checkRollupShape } from "./schema.js";
import { resolveSources } from "./sources.js";
import type { ChainConfig, ChainUserConfig, GuestConfig, RollupConfig } from "./types.js";

const DEFAULT_DEPLOYMENTS = "deployments";
const DEFAULT_GUEST = "counter";
const DEFAULT_INPUT_BITS = 12;
const DEFAULT_STEP_BITS = 36;
const DEFAULT_MESSAGE_BUDGET = 2 ** 22;
const DEFAULT_FORCE_INCLUSION = "12h";
const DEFAULT_ASSERTION_LAG = "1d";
/** What a claim's record has room for. */
const MAX_BANK = 2 ** 24 - 1;
const BASIS_POINTS = 10_000;
const DEFAULT_BURNED_SHARE = 0.2;
const DEFAULT_PROVER_SHARE = 0.1;

/**
 * Makes every part of every chain explicit.
 * @param value What the user wrote as `config.rollup`; undefined gives no chains.
 * @param root The project's root, to which paths of guests are relative.
 * @param resolveVariable Hardhat's, for what is kept elsewhere.
 * @throws {ConfigError} If values cannot be used. @throws {PlannedError} If a part is not built yet.
 */
export function resolveRollup(
  value: unknown,
  root: string,
  resolveVariable: ConfigurationVariableResolver = withoutVariables,
): RollupConfig {
  const user = checkRollupShape(value ?? {});
  const committees = resolveCommittees(user.committees);
  const chains = Object.entries(user.chains ?? {}).map(([name, chain]) => [
    name,
    resolveChain(name, chain, root, committees),
  ]);
  return {
    chains: Object.fromEntries(chains) as Record<string, ChainConfig>,
    committees,
    deployments: resolve(root, user.deployments ?? DEFAULT_DEPLOYMENTS),
    beacons: user.beacons ?? [],
    l1: resolveL1(user.l1, resolveVariable),
  };
}

/**
 * Makes every part of a chain explicit: the mode's parts, those that the user gave instead, and defaults.
 * @param name The chain's name; errors speak of `config.rollup.chains.<name>`.
 * @param value What the user wrote.
 * @param root The project's root, to which the guest's path is relative.
 * @param committees Those that it may name; the modes' preset if absent.
 * @throws {ConfigError} If values cannot be used. @throws {PlannedError} If a part is not built yet.
 */
export function resolveChain(
  name: string,
  value: unknown,
  root: string,
  committees: Committees = resolveCommittees(),
): ChainConfig {
  const path = `config.rollup.chains.${name}`;
  const user: ChainUserConfig = checkChainShape(value, path);
  const mode = user.mode ?? DEFAULT_MODE;
  const parts: ChainUserConfig = { ...builtModeParts(mode, path), ...withoutUndefined(user) };
  const bits = { inputBits: parts.inputBits ?? DEFAULT_INPUT_BITS, stepBits: parts.stepBits ?? DEFAULT_STEP_BITS };
  const times = resolveTimes(parts, path);
  const rule = resolveRule(parts.rule, `${path}.rule`, committees);
  const history = resolveHistory({ ...bits, ...times, history: parts.history, bonds: parts.bonds }, path);
  const levels = Math.max(history.bonds.claims.length, history.fallback?.bonds.claims.length ?? 0);
  const need = dataNeed({ ...times, rule, levels });
  const usual = parts.sources ?? [];
  const sources = resolveSources({ name, sources: user.sources, usual, need, answers: levels - 1, committees }, path);
  return {
    name,
    mode,
    machine: resolveMachine(parts.machine ?? DEFAULT_MACHINE, `${path}.machine`),
    guest: resolveGuest(parts.guest ?? DEFAULT_GUEST, root),
    sources,
    rule,
    committees: chainCommittees({ sources, rule, need, chain: name }, committees),
    ...history,
    ...bits,
    maxInputs: resolveMaxInputs(parts.maxInputs, bits.inputBits, path),
    sequencer: parts.sequencer ?? 0,
    ...times,
    ...resolveShares(parts, path),
    inputBudget: resolveBudget(parts.inputBudget, bits.stepBits, path),
    accounts: { deployer: 0, asserter: 0, challenger: 0, user: 0, ...withoutUndefined(parts.accounts ?? {}) },
    node: resolveNode(parts.node, root, path),
  };
}

function builtModeParts(name: string, path: string): ChainUserConfig {
  const mode = findMode(name);
  if (mode === undefined) {
    const names = MODES.map((known) => known.name).join(", ");
    throw invalid(`${path}.mode`, `one of ${names}`, name);
  }
  if (mode.planned.length > 0) {
    const usable = MODES.filter((known) => known.planned.length === 0).map((known) => `"${known.name}"`);
    const part = `mode "${name}" (it needs: ${mode.planned.join(", ")})`;
    throw new PlannedError(`${path}.mode`, part, `use mode ${usable.join(" or ")}; npx hardhat rollup:modes lists all`);
  }
  return modeParts(mode);
}

function resolveTimes(
  parts: ChainUserConfig,
  path: string,
): Pick<ChainConfig, "bank" | "minResponse" | "forceInclusionAfter" | "assertionLag"> {
  const bank = seconds(parts.bank);
  const minResponse = seconds(parts.minResponse);
  if (bank > MAX_BANK)
    throw invalid(`${path}.bank`, `at most 2^24 - 1 seconds, ${formatDuration(MAX_BANK)}`, parts.bank);
  if (minResponse > bank) throw invalid(`${path}.minResponse`, `at most bank, ${bank} seconds`, parts.minResponse);
  const forceInclusionAfter = seconds(parts.forceInclusionAfter ?? DEFAULT_FORCE_INCLUSION);
  return { bank, minResponse, forceInclusionAfter, assertionLag: seconds(parts.assertionLag ?? DEFAULT_ASSERTION_LAG) };
}

/** Durations have been checked by the schema, and a mode gives those that the user does not. */
function seconds(duration: unknown): number {
  return parseDuration(duration) ?? 0;
}

function resolveGuest(guest: string, root: string): GuestConfig {
  if (/^[a-z][a-z0-9-]*$/.test(guest)) return { name: guest, path: join(PACKAGE_ROOT, "guests", guest) };
  return { name: guest, path: resolve(root, guest) };
}

function resolveMachine(given: string, path: string): MachineName {
  if (isMachineName(given)) return given;
  const built = MACHINE_NAMES.map((name) => `"${name}"`).join(" or ");
  if (PLANNED_MACHINES.includes(given)) throw new PlannedError(path, `${given} machine`, `use ${built}`);
  throw invalid(path, built, given);
}

function resolveMaxInputs(given: number | undefined, inputBits: number, path: string): number {
  const limit = 2 ** inputBits;
  if (given !== undefined && given > limit) {
    throw invalid(`${path}.maxInputs`, `at most 2^inputBits, which is ${limit}`, given);
  }
  return given ?? limit;
}

function resolveShares(parts: ChainUserConfig, path: string): Pick<ChainConfig, "burnedShare" | "proverShare"> {
  const burnedShare = Math.round((parts.burnedShare ?? DEFAULT_BURNED_SHARE) * BASIS_POINTS);
  const proverShare = Math.round((parts.proverShare ?? DEFAULT_PROVER_SHARE) * BASIS_POINTS);
  if (burnedShare + proverShare > BASIS_POINTS) {
    throw invalid(`${path}.proverShare`, "at most 1 together with burnedShare", proverShare / BASIS_POINTS);
  }
  return { burnedShare, proverShare };
}

function resolveBudget(
  given: ChainUserConfig["inputBudget"],
  stepBits: number,
  path: string,
): ChainConfig["inputBudget"] {
  const limit = 2 ** stepBits - 1;
  const budget = { batch: given?.batch ?? limit, message: given?.message ?? Math.min(DEFAULT_MESSAGE_BUDGET, limit) };
  for (const [key, steps] of Object.entries(budget)) {
    if (steps > limit) throw invalid(`${path}.inputBudget.${key}`, `at most 2^stepBits - 1, which is ${limit}`, steps);
  }
  return { batch: BigInt(budget.batch), message: BigInt(budget.message) };
}

function invalid(path: string, expected: string, given: unknown): ConfigError {
  return new ConfigError([{ path, expected, given }]);
}

function withoutUndefined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
}

/** Where nobody keeps anything elsewhere, a value stands for itself. */
function withoutVariables(value: Parameters<ConfigurationVariableResolver>[0]): ResolvedConfigurationVariable {
  if (typeof value !== "string") throw new RollupError("VARIABLE_UNRESOLVED", "Only Hardhat knows its variables.");
  const get = (): Promise<string> => Promise.resolve(value);
  return { _type: "ResolvedConfigurationVariable", format: "{variable}", get, getUrl: get } as never;
}
