import { RollupError } from "../errors.js";
import type { Input, InputHeader } from "../input.js";
import type { FoundBatch } from "../sources/batchReader.js";

/** An input, whose bytes must be what its header commits to. @throws {RollupError} `DERIVATION_MISMATCH`. */
export function checkedInput(header: InputHeader, { data, commitment, proveWord }: FoundBatch): Input {
  expectEqual("length of the input", header.length, BigInt(data.length));
  expectEqual("commitment of the input", header.commitment, commitment);
  return { header, data, proveWord };
}

/** @throws {RollupError} `DERIVATION_MISMATCH`. */
export function expectEqual(what: string, given: bigint | string, expected: bigint | string): void {
  if (given !== expected) throw mismatch(what, given, expected);
}

/** A settlement layer's events that cannot be true. */
export function mismatch(what: string, given: unknown, expected: unknown): RollupError {
  return new RollupError("DERIVATION_MISMATCH", `The inbox's events contradict themselves: ${what}.`, {
    given,
    expected,
  });
}
