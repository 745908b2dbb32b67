import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, hexToBytes, type Hex } from "./hex.js";

/** Twin of `InputKind`. */
export const INPUT_KINDS = ["batch", "message", "deposit"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** Twin of `InputHeader`: what the chain's order says of one input. */
export interface InputHeader {
  /** Hash of the header before this one, zero for input 0. */
  readonly previous: Hex;
  readonly kind: InputKind;
  readonly sender: Hex;
  /** Address of the `ISource` under which `commitment` is read. */
  readonly source: Hex;
  readonly commitment: Hex;
  /** In bytes. */
  readonly length: bigint;
  /** The step of the input's window at which the machine is stopped. */
  readonly budget: bigint;
  readonly number: bigint;
  /** In seconds. */
  readonly timestamp: bigint;
  readonly blockNumber: bigint;
}

/** One input with its bytes and the way to prove them. */
export interface Input {
  readonly header: InputHeader;
  readonly data: Uint8Array;
  /**
   * The proof that `ISource.word` takes for the word at `index`; called only for words within the length.
   * @throws {ProofNeeded} If it takes long and is not computed yet.
   */
  proveWord(index: number): Uint8Array;
}

/** A machine asks for a proof that takes long to compute, and does not wait: `prepare` it, then ask the machine for its witness again. */
export class ProofNeeded extends Error {
  public constructor(public readonly prepare: () => Promise<void>) {
    super("the proof of an input's word is not computed yet");
  }
}

/** `abi.encode(header)`: 320 bytes. */
export function encodeInputHeader(header: InputHeader): Uint8Array {
  const words: readonly (Hex | bigint)[] = [
    header.previous,
    BigInt(INPUT_KINDS.indexOf(header.kind)),
    header.sender,
    header.source,
    header.commitment,
    header.length,
    header.budget,
    header.number,
    header.timestamp,
    header.blockNumber,
  ];
  const digits = words.map((word) => (typeof word === "bigint" ? word.toString(16) : word.slice(2)).padStart(64, "0"));
  return hexToBytes(`0x${digits.join("")}`);
}

/** Twin of `InputHeaderLibrary.hash`. */
export function hashInputHeader(header: InputHeader): Hex {
  return bytesToHex(keccak_256(encodeInputHeader(header)));
}
