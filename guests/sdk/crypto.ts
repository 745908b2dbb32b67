import * as host from "./host";
import { reserveBlock, wordOf } from "./memory";
import { Word } from "./word";

/** The two words that `hashPair` hashes. */
const pair = reserveBlock();

/** Hashes at most 256 bytes that lie inside one block of `reserveBlock`. */
// @ts-ignore: decorator
@inline
export function keccak256(pointer: usize, length: u32, dest: Word): void {
  host.keccak256(pointer, length, dest.pointer);
}

/** Hashes at most 256 bytes that lie inside one block of `reserveBlock`. */
// @ts-ignore: decorator
@inline
export function sha256(pointer: usize, length: u32, dest: Word): void {
  host.sha256(pointer, length, dest.pointer);
}

/** `keccak256(left, right)`: a node of a Merkle tree. */
export function hashPair(left: Word, right: Word, dest: Word): void {
  wordOf(pair, 0).set(left);
  wordOf(pair, 1).set(right);
  keccak256(pair, 64, dest);
}

/**
 * Recovers who signed.
 * @param signature The start of a block of `reserveBlock` that holds four words: hash, v (27 or 28), r, s.
 * @param dest Gets the signer's address, zero if there is none.
 */
// @ts-ignore: decorator
@inline
export function ecrecover(signature: usize, dest: Word): void {
  host.ecrecover(signature, dest.pointer);
}
