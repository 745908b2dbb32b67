import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

import type { PagedMemory } from "../../machines/registers/pagedMemory.js";

const KEY = 32;
/** A call moves what lies in one word at most. */
const WORD = 4;
const LENGTH = 8;

/** Kinds of keys: a Keccak-256 hash, and a call of a precompile. Of both the rest of the key is a hash. */
const [HASH_KIND, PRECOMPILE_KIND] = [2, 6];

/** What tests ask for by its hash. */
const GREETING = utf8ToBytes("hello world");
/** What the only precompile that tests call gives, the evaluation of a point: success, elements of a blob, and the field's modulus. */
const POINT_EVALUATION = concatBytes(
  Uint8Array.of(1),
  hexToBytes((4096).toString(16).padStart(64, "0")),
  hexToBytes("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"),
);

/** The preimage oracle of Cannon's host, as far as its tests use it: a key is written, then length and preimage are read. */
export class PreimageChannel {
  private key = new Uint8Array(KEY);
  private offset = 0;

  /** Takes bytes of a key out of memory. Gives how many. */
  write(memory: PagedMemory, address: number, size: number): number {
    const bytes = memory.read(address, inWord(address, size));
    this.key = concatBytes(this.key.subarray(bytes.length), bytes);
    this.offset = 0;
    return bytes.length;
  }

  /** Puts bytes of the length or the preimage into memory. Gives how many; `undefined` if no test asks for such a preimage. */
  read(memory: PagedMemory, address: number, size: number): number | undefined {
    const preimage = preimageOf(this.key);
    if (preimage === undefined) return undefined;
    const length = hexToBytes(preimage.length.toString(16).padStart(2 * LENGTH, "0"));
    const rest = concatBytes(length, preimage).subarray(this.offset);
    const bytes = rest.slice(0, inWord(address, size));
    memory.write(address, bytes);
    this.offset += bytes.length;
    return bytes.length;
  }
}

function inWord(address: number, size: number): number {
  return Math.min(size >>> 0, WORD - (address & (WORD - 1)));
}

function preimageOf(key: Uint8Array): Uint8Array | undefined {
  if (key[0] === PRECOMPILE_KIND) return POINT_EVALUATION;
  const hash = keccak_256(GREETING);
  const asked = key[0] === HASH_KIND && bytesToHex(key.subarray(1)) === bytesToHex(hash.subarray(1));
  return asked ? GREETING : undefined;
}
