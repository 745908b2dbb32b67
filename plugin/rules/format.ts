import type { RuleConfig } from "../config/types.js";
import { formatDuration, parseDuration } from "../config/duration.js";
import type { RuleUserConfig } from "./builders.js";

/** A rule as it would be written with the builders, e.g. `anyOf(attested(members, 19), unchallenged(7d))`. */
export function formatRule(rule: RuleUserConfig | RuleConfig): string {
  switch (rule.kind) {
    case "unchallenged":
      return `unchallenged(${formatDuration(parseDuration(rule.window) ?? 0)})`;
    case "attested":
      return `attested(${[rule.committee, rule.quorum].filter((part) => part !== undefined).join(", ")})`;
    case "proven":
      return `proven(${rule.verifier})`;
    case "atLeast":
      return `atLeast(${[rule.count, ...rule.rules.map(formatRule)].join(", ")})`;
    default:
      return `${rule.kind}(${rule.rules.map(formatRule).join(", ")})`;
  }
}

/** The windows of all `unchallenged` rules in a rule's tree, ascending, each once, in seconds. */
export function ruleWindows(rule: RuleConfig): number[] {
  if (rule.kind === "unchallenged") return [rule.window];
  if (rule.kind === "attested") return [];
  return [...new Set(rule.rules.flatMap(ruleWindows))].sort((a, b) => a - b);
}

/** The committees that a rule's tree names, each once. */
export function ruleCommittees(rule: RuleConfig): string[] {
  if (rule.kind === "attested") return [rule.committee];
  return rule.kind === "unchallenged" ? [] : [...new Set(rule.rules.flatMap(ruleCommittees))];
}

/** How many of a committee's signatures a rule's tree asks for at most; undefined if it asks for none. */
export function attestedQuorum(rule: RuleConfig, committee: string): number | undefined {
  if (rule.kind === "attested") return rule.committee === committee ? rule.quorum : undefined;
  if (rule.kind === "unchallenged") return undefined;
  const quorums = rule.rules.map((part) => attestedQuorum(part, committee)).filter((quorum) => quorum !== undefined);
  return quorums.length === 0 ? undefined : Math.max(...quorums);
}
