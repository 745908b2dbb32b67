import { keccak_256 } from "@noble/hashes/sha3.js";

import { bytesToHex, type Hex } from "../hex.js";
import { hashParts } from "../machines/hashing.js";

/** What the fast hasher has room for. */
const SHORT = 2 ** 17;

/** keccak256 of bytes. */
export function hashBytes(data: Uint8Array): Hex {
  return bytesToHex(data.length <= SHORT ? hashParts(data) : keccak_256(data));
}
