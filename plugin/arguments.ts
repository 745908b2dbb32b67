import { AMOUNT_EXPECTED, parseAmount } from "./config/amount.js";
import { RollupError } from "./errors.js";
import { hexToBytes } from "./hex.js";
import type { Hex } from "./hex.js";

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is an amount above 0, which is given back in wei. */
export function requireAmount(option: string, text: string): bigint {
  const amount = parseAmount(text);
  if (amount !== undefined && amount > 0n) return amount;
  throw invalid(option, text, `${AMOUNT_EXPECTED}, above 0`);
}

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is an address, or absent. */
export function parseAddress(option: string, text: string | undefined): Hex | undefined {
  if (text === undefined || /^0x[0-9a-fA-F]{40}$/.test(text)) return text as Hex | undefined;
  throw invalid(option, text, "0x and 40 hexadecimal digits");
}

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is a hash, or absent. */
export function parseHash(option: string, text: string | undefined): Hex | undefined {
  if (text === undefined || /^0x[0-9a-fA-F]{64}$/.test(text)) return text as Hex | undefined;
  throw invalid(option, text, "0x and 64 hexadecimal digits");
}

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is bytes, or absent. */
export function parseBytes(option: string, text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  if (/^0x([0-9a-fA-F]{2})*$/.test(text)) return hexToBytes(text as Hex);
  throw invalid(option, text, "0x and an even number of hexadecimal digits");
}

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is a whole number of at least 0, or absent. */
export function parseNatural(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) return BigInt(text);
  throw invalid(option, text, "a whole number, at least 0");
}

/** @throws {RollupError} `ARGUMENT_INVALID` unless `text` is one of `values`, or absent. */
export function parseChoice<Value extends string>(
  option: string,
  text: string | undefined,
  values: readonly Value[],
): Value | undefined {
  const value = values.find((known) => known === text);
  if (value !== undefined || text === undefined) return value;
  throw invalid(option, text, `one of ${values.join(", ")}`);
}

function invalid(option: string, given: string, expected: string): RollupError {
  return new RollupError("ARGUMENT_INVALID", `--${option} cannot be used.`, { given, expected });
}
