import { HardhatPluginError } from "hardhat/plugins";

/** The plugin's id, which Hardhat prints in front of its errors. */
export const PLUGIN_ID = "hardhat-rollup";

/**
 * The one class of errors that this package throws on purpose: a short sentence, then the facts. Hardhat prints it
 * without a stack. Tests assert its `code`, which stays stable while sentences may change.
 */
export class RollupError extends HardhatPluginError {
  /**
   * @param code What tests and callers compare, e.g. `DEPLOYMENT_STALE`.
   * @param message One sentence.
   * @param facts Printed below the sentence, one a line, in this order by custom: `given`, `expected`, others, `do`.
   */
  public constructor(
    public readonly code: string,
    message: string,
    public readonly facts: Readonly<Record<string, unknown>> = {},
    cause?: Error,
  ) {
    super(PLUGIN_ID, [message, ...factLines(facts)].join("\n"), cause);
  }
}

/** Bytes that a chain's order names are nowhere to be found. They may be later: what does not need them goes on. */
export abstract class MissingDataError extends RollupError {}

/** One value of the configuration that cannot be used. */
export interface ConfigIssue {
  /** The whole path, e.g. `config.rollup.chains.demo.bank`. */
  readonly path: string;
  readonly expected: string;
  readonly given: unknown;
}

/** The configuration holds values that cannot be used; every one of them is named. */
export class ConfigError extends RollupError {
  public readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map((issue) => `${issue.path}: expected ${issue.expected}, got ${formatFact(issue.given)}`);
    super("CONFIG_INVALID", lines.join("\n"));
    this.issues = issues;
  }
}

/** The configuration asks for a part that is designed but not built yet. */
export class PlannedError extends RollupError {
  /** The whole path of what asked for it. */
  public readonly path: string;
  /** What is not built, e.g. `committee source`. */
  public readonly part: string;

  constructor(path: string, part: string, alternative: string) {
    super("PART_PLANNED", `${path}: ${part} is planned, but not built yet.`, { do: alternative });
    this.path = path;
    this.part = part;
  }
}

/** A value as it is shown in an error: strings in quotes, amounts as plain numbers, objects as one line of JSON. */
export function formatFact(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function") return "a function";
  return JSON.stringify(value, (_key, nested: unknown) => (typeof nested === "bigint" ? nested.toString() : nested));
}

function factLines(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name.charAt(0).toUpperCase()}${name.slice(1)}: ${plain(value)}`);
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : formatFact(value);
}
