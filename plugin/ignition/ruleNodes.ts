import type { RuleConfig } from "../config/types.js";

/** Twin of `RuleKind`. */
export const RULE_KINDS = ["unchallenged", "anyOf", "allOf", "atLeast", "deployed", "attested"] as const;

/** Twin of `RuleNode`: one rule in the list that `RuleFactory.create` takes. */
export interface RuleNode<Committee> {
  /** Place in `RULE_KINDS`. */
  readonly kind: number;
  /** The window in seconds, or how many parts or signatures are needed, or 0. */
  readonly parameter: number;
  /** The committee of `attested`, else nobody. */
  readonly deployed: Committee | string;
  /** Places of the parts in the list. */
  readonly parts: number[];
}

const NOBODY = `0x${"00".repeat(20)}`;

/**
 * A tree of rules as the list that `RuleFactory.create` takes: parts stand before what they are part of.
 * @param committeeOf What stands for a committee's address, by its name.
 */
export function ruleNodes<Committee>(
  rule: RuleConfig,
  committeeOf: (name: string) => Committee,
): RuleNode<Committee>[] {
  const nodes: RuleNode<Committee>[] = [];
  /** Adds a rule behind its parts and gives back its place. */
  const add = (added: RuleConfig): number => {
    const parts = "rules" in added ? added.rules.map(add) : [];
    const deployed = added.kind === "attested" ? committeeOf(added.committee) : NOBODY;
    nodes.push({ kind: RULE_KINDS.indexOf(added.kind), parameter: parameterOf(added), deployed, parts });
    return nodes.length - 1;
  };
  add(rule);
  return nodes;
}

/** How many rules a tree consists of. */
export function countRules(rule: RuleConfig): number {
  return ruleNodes(rule, () => NOBODY).length;
}

function parameterOf(rule: RuleConfig): number {
  if (rule.kind === "unchallenged") return rule.window;
  if (rule.kind === "attested") return rule.quorum;
  return rule.kind === "atLeast" ? rule.count : 0;
}
