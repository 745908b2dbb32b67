import type { RuleConfig } from "../config/types.js";

/** Twin of `RuleKind`. */
export const RULE_KINDS = ["unchallenged", "anyOf", "allOf", "atLeast", "deployed", "attested"] as const;

/** Twin of `RuleNode`: one rule in the list that `RuleFactory.create` takes. */
export interface RuleNode {
  /** Place in `RULE_KINDS`. */
  readonly kind: number;
  /** The window in seconds, or how many parts are needed, or 0. */
  readonly parameter: number;
  readonly deployed: string;
  /** Places of the parts in the list. */
  readonly parts: number[];
}

const NOBODY = `0x${"00".repeat(20)}`;

/** A tree of rules as the list that `RuleFactory.create` takes: parts stand before what they are part of. */
export function ruleNodes(rule: RuleConfig): RuleNode[] {
  const nodes: RuleNode[] = [];
  addRule(nodes, rule);
  return nodes;
}

/** Adds a rule behind its parts and gives back its place. */
function addRule(nodes: RuleNode[], rule: RuleConfig): number {
  const parts = rule.kind === "unchallenged" ? [] : rule.rules.map((part) => addRule(nodes, part));
  nodes.push({ kind: RULE_KINDS.indexOf(rule.kind), parameter: parameterOf(rule), deployed: NOBODY, parts });
  return nodes.length - 1;
}

function parameterOf(rule: RuleConfig): number {
  if (rule.kind === "unchallenged") return rule.window;
  return rule.kind === "atLeast" ? rule.count : 0;
}
