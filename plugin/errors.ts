import { HardhatPluginError } from "hardhat/plugins";

/** What every error of this plugin is: a short sentence, then the facts; Hardhat prints it as one clean message. */
export class RollupError extends HardhatPluginError {
  /**
   * @param code What tests and callers compare, e.g. `DEPLOYMENT_STALE`.
   * @param message One sentence.
   * @param facts Printed below the sentence, one a line.
   */
  public constructor(
    public readonly code: string,
    message: string,
    public readonly facts: Readonly<Record<string, unknown>> = {},
    parentError?: Error,
  ) {
    const lines = Object.entries(facts).map(([name, value]) => `  ${name}: ${String(value)}`);
    super("hardhat-rollup", [message, ...lines].join("\n"), parentError);
  }
}
