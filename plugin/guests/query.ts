import { RollupError } from "../errors.js";
import { ZERO_WORD } from "../hex.js";
import type { Input } from "../input.js";

const NOBODY = `0x${"00".repeat(20)}` as const;

/**
 * A message from nobody that a copy of a machine is asked with; no chain has it.
 * @param number How many inputs the machine has taken. @param budget The most steps that it may take.
 */
export function queryInput(data: Uint8Array, number: bigint, budget: bigint): Input {
  return {
    header: {
      previous: ZERO_WORD,
      kind: "message",
      sender: NOBODY,
      source: NOBODY,
      commitment: ZERO_WORD,
      length: BigInt(data.length),
      budget,
      number,
      timestamp: 0n,
      blockNumber: 0n,
    },
    data,
    proveWord: () => {
      throw new RollupError("QUERY_NOT_PROVABLE", "A query is no input of the chain.");
    },
  };
}
