import { ZERO_WORD, type Hex } from "../../plugin/hex.js";
import type { Input, InputKind } from "../../plugin/input.js";
import { wordAt, WordTree } from "../../plugin/sources/wordTree.js";

/** What an input is made of here; the rest of its header does not matter to a guest. */
export interface InputParts {
  readonly kind?: InputKind;
  readonly sender?: Hex;
  readonly number?: bigint;
  readonly budget?: bigint;
  readonly timestamp?: bigint;
  readonly blockNumber?: bigint;
  readonly data?: Uint8Array;
}

/** An input as a calldata source would prove it. */
export function inputOf(parts: InputParts): Input {
  const data = parts.data ?? new Uint8Array();
  const tree = new WordTree(data);
  return {
    header: {
      previous: ZERO_WORD,
      kind: parts.kind ?? "batch",
      sender: parts.sender ?? `0x${"5e".repeat(20)}`,
      source: `0x${"50".repeat(20)}`,
      commitment: tree.root,
      length: BigInt(data.length),
      budget: parts.budget ?? (parts.kind === undefined || parts.kind === "batch" ? 2n ** 36n - 1n : 2n ** 22n),
      number: parts.number ?? 0n,
      timestamp: parts.timestamp ?? 1_700_000_000n,
      blockNumber: parts.blockNumber ?? 17n,
    },
    data,
    proveWord: (index) => Buffer.concat([wordAt(data, index), tree.prove(index)]),
  };
}
