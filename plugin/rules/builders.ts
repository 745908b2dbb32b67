/** A duration: `"7d"`, `"1h"`, `"30m"`, `"90s"`, or a number of seconds. */
export type Duration = string | number;

/** Final once the window has passed without a claim that stands or is pending. */
export interface UnchallengedRule {
  readonly kind: "unchallenged";
  readonly window: Duration;
}

/** Final once enough members of a committee have signed. */
export interface AttestedRule {
  readonly kind: "attested";
  /** The committee's name in `config.rollup.committees`. */
  readonly committee: string;
  /** All but `honest - 1` of the committee's members if absent: then an honest one has signed. */
  readonly quorum?: number;
}

/** Final once a validity proof was recorded. */
export interface ProvenRule {
  readonly kind: "proven";
  /** The verifier's name. */
  readonly verifier: string;
}

/** Final as soon as one of `rules` says so. */
export interface AnyOfRule {
  readonly kind: "anyOf";
  readonly rules: readonly RuleUserConfig[];
}

/** Final once all of `rules` say so. */
export interface AllOfRule {
  readonly kind: "allOf";
  readonly rules: readonly RuleUserConfig[];
}

/** Final once `count` of `rules` say so. */
export interface AtLeastRule {
  readonly kind: "atLeast";
  readonly count: number;
  readonly rules: readonly RuleUserConfig[];
}

/** When an assertion is final: plain JSON, so that it can be printed, stored and compared. */
export type RuleUserConfig = UnchallengedRule | AttestedRule | ProvenRule | AnyOfRule | AllOfRule | AtLeastRule;

/**
 * The rule that an assertion is final once `window` has passed and no claim against it stands or is pending.
 * @param window A duration above 0, such as `"7d"`; checked when the configuration is read.
 */
export function unchallenged(window: Duration): UnchallengedRule {
  return { kind: "unchallenged", window };
}

/**
 * The rule that an assertion is final once `quorum` members of `committee` have signed it.
 * @param committee The committee's name in `config.rollup.committees`.
 * @param quorum How many signatures are needed, at least 1; all but `honest - 1` of its members if absent.
 */
export function attested(committee: string, quorum?: number): AttestedRule {
  return quorum === undefined ? { kind: "attested", committee } : { kind: "attested", committee, quorum };
}

/**
 * The rule that an assertion is final once a validity proof of it was recorded.
 * @param verifier The verifier's name.
 */
export function proven(verifier: string): ProvenRule {
  return { kind: "proven", verifier };
}

/** The rule that is satisfied by any one of `rules`. */
export function anyOf(...rules: RuleUserConfig[]): AnyOfRule {
  return { kind: "anyOf", rules };
}

/** The rule that is satisfied only by all of `rules`. */
export function allOf(...rules: RuleUserConfig[]): AllOfRule {
  return { kind: "allOf", rules };
}

/**
 * The rule that is satisfied by any `count` of `rules`.
 * @param count From 1 to the number of rules; checked when the configuration is read.
 */
export function atLeast(count: number, ...rules: RuleUserConfig[]): AtLeastRule {
  return { kind: "atLeast", count, rules };
}
