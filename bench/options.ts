import { parseArgs } from "node:util";

import { RollupError } from "../plugin/errors.js";

/** What a bench prints its results with. */
export interface Output {
  /** Standard output holds JSON alone. */
  readonly json: boolean;
}

/** Reads a bench's options; each is text, `--json` aside. */
export function readOptions<Name extends string>(names: readonly Name[]): Output & Partial<Record<Name, string>> {
  const named = names.map((name) => [name, { type: "string" as const }] as const);
  const options = { ...Object.fromEntries(named), json: { type: "boolean" as const, default: false } };
  const { values } = parseArgs({ options });
  return values as Output & Partial<Record<Name, string>>;
}

/** Tells what a bench is doing, apart from its results. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints one object, or lines. */
export function print({ json }: Output, result: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines.join("\n")}\n`);
}

/** A whole number with its thousands apart. */
export function count(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** Prints what went wrong, without a stack where it is an error that explains itself. */
export function fail(error: unknown): void {
  progress(error instanceof RollupError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
