import { ConfigError, PlannedError } from "../errors.js";
import type { AttestedRule, RuleUserConfig } from "../rules/builders.js";
import { ruleWindows } from "../rules/format.js";
import { findCommittee, quorumOf, type Committees } from "./committees.js";
import { parseDuration } from "./duration.js";
import type { RuleConfig } from "./types.js";

/** How many different windows the contracts keep count of. */
const MAX_WINDOWS = 4;

/**
 * A rule with its durations in seconds.
 * @param path Where it was written, for errors.
 * @param committees Those that it may name.
 * @throws {PlannedError} If it needs proofs. @throws {ConfigError} If it cannot be satisfied or deployed.
 */
export function resolveRule(rule: RuleUserConfig | undefined, path: string, committees: Committees): RuleConfig {
  if (rule === undefined) throw new ConfigError([{ path, expected: "a rule", given: rule }]);
  const resolved = resolveNode(rule, path, committees);
  const windows = ruleWindows(resolved);
  if (windows.length > MAX_WINDOWS) {
    throw new ConfigError([{ path, expected: `at most ${MAX_WINDOWS} different windows`, given: windows }]);
  }
  return resolved;
}

function resolveNode(rule: RuleUserConfig, path: string, committees: Committees): RuleConfig {
  switch (rule.kind) {
    case "unchallenged":
      return { kind: rule.kind, window: parseDuration(rule.window) ?? 0 };
    case "attested":
      return resolveAttested(rule, path, committees);
    case "proven":
      throw new PlannedError(path, `${rule.kind} rule`, 'use unchallenged("7d")');
    case "atLeast":
      if (rule.count > rule.rules.length) {
        const expected = `at most the number of rules, ${rule.rules.length}`;
        throw new ConfigError([{ path: `${path}.count`, expected, given: rule.count }]);
      }
      return { kind: rule.kind, count: rule.count, rules: resolveNodes(rule.rules, path, committees) };
    default:
      return { kind: rule.kind, rules: resolveNodes(rule.rules, path, committees) };
  }
}

function resolveAttested(rule: AttestedRule, path: string, committees: Committees): RuleConfig {
  const committee = findCommittee(committees, rule.committee, `${path}.committee`);
  const quorum = rule.quorum ?? quorumOf(committee);
  if (quorum <= committee.size) return { kind: rule.kind, committee: committee.name, quorum };
  const expected = `at most the committee's size, ${committee.size}`;
  throw new ConfigError([{ path: `${path}.quorum`, expected, given: quorum }]);
}

function resolveNodes(rules: readonly RuleUserConfig[], path: string, committees: Committees): RuleConfig[] {
  return rules.map((rule, index) => resolveNode(rule, `${path}.rules[${index}]`, committees));
}
