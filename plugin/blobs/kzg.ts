import { rootsOfUnity } from "@noble/curves/abstract/fft.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { bytesToHex, hexToBytes, wordOf, type Hex } from "../hex.js";

/** Field elements of a blob. */
export const FIELD_ELEMENTS = 4096;

/** Bytes of a blob: `FIELD_ELEMENTS` big-endian words. */
export const BLOB_BYTES = FIELD_ELEMENTS * 32;

/** The order of BLS12-381's scalars: an element of a blob is below it. */
export const SCALAR_ORDER = bls12_381.fields.Fr.ORDER;

/** What a blob holds at an index, and what proves it to `contracts/blobs/PointEvaluation.sol`. */
export interface Opening {
  /** The element, 32 bytes. */
  readonly value: Hex;
  /** The quotient's commitment, 48 bytes. */
  readonly proof: Hex;
}

/**
 * Polynomial commitments as EIP-4844 has them. Blobs are 131,072 bytes; commitments and proofs are 48 bytes. Indices count a
 * blob's elements in the order of its bytes, from 0 to 4095. Everything that takes a blob throws `BLOB_LENGTH` if it has
 * another length and `BLOB_ELEMENT` if an element is not below `SCALAR_ORDER`; what takes an index throws `BLOB_INDEX`.
 */
export interface Kzg {
  /** Which implementation this is, as `rollup:status` shows it. */
  readonly name: string;
  /** The commitment to `blob`. */
  commit(blob: Uint8Array): Promise<Hex>;
  /** The proof of a version 0 sidecar, that `blob` is what `commitment` commits to. */
  prove(blob: Uint8Array, commitment: Hex): Promise<Hex>;
  /** The element at `index` and its proof. */
  open(blob: Uint8Array, index: number): Promise<Opening>;
  /** Several openings of one blob, in the order of `indices`; they share what they can and run at once. */
  openAll(blob: Uint8Array, indices: readonly number[]): Promise<Opening[]>;
  /** Whether `opening` is what `commitment` holds at `index`; false also for what is malformed. */
  verify(commitment: Hex, index: number, opening: Opening): Promise<boolean>;
  /** The 128 cell proofs of a version 1 sidecar (EIP-7594), in order. */
  cells(blob: Uint8Array): Promise<Hex[]>;
}

/** What a contract sees of a commitment: `0x01` and its SHA-256 hash's last 31 bytes. */
export function versionedHash(commitment: Hex): Hex {
  const hash = sha256(hexToBytes(commitment));
  hash[0] = 1;
  return bytesToHex(hash);
}

/** Where a blob's polynomial has its element `index`: the root of unity at the index with its 12 bits reversed. */
export function evaluationPoint(index: number): Hex {
  return bytesToHex(wordOf(domain()[index]));
}

let points: bigint[] | undefined;

/** All evaluation points, in the order of a blob's elements. */
export function domain(): readonly bigint[] {
  return (points ??= rootsOfUnity(bls12_381.fields.Fr, 7n).brp(Math.log2(FIELD_ELEMENTS)));
}

let loaded: Promise<Kzg> | undefined;

/** `c-kzg` where it is installed, else JavaScript; the same one for everybody in this process. */
export function loadKzg(): Promise<Kzg> {
  return (loaded ??= choose());
}

async function choose(): Promise<Kzg> {
  const { nativeKzg, portableKzg } = await import("./libraries.js");
  return (await nativeKzg()) ?? portableKzg();
}
