/**
 * The host calls, as every machine of this package offers them. Guests seldom need them bare: the other files of this
 * folder see to alignment and bounds, which the machine enforces by trapping.
 */

/** Writes word `index` of the current input, header words first, to the aligned word at `dest`. */
// @ts-ignore: decorator
@external("rollup", "input_word")
export declare function inputWord(index: u32, dest: usize): void;

/** Makes the aligned word at `pointer` the chain's output root. */
// @ts-ignore: decorator
@external("rollup", "publish")
export declare function publishWord(pointer: usize): void;

/** Ends the handling of this input, and undoes everything that it changed. */
// @ts-ignore: decorator
@external("rollup", "reject")
export declare function reject(): void;

/** Writes word `index` of the preimage of the hash at `hash` (word 0: its length in bytes) to the aligned word at `dest`. */
// @ts-ignore: decorator
@external("rollup", "preimage_word")
export declare function preimageWord(hash: usize, index: u32, dest: usize): void;

/** Reports bytes to whoever executes the chain. Nothing on chain depends on them. */
// @ts-ignore: decorator
@external("rollup", "log")
export declare function log(pointer: usize, length: u32): void;

/** Hashes at most 256 bytes that lie inside one 256-byte-aligned block. */
// @ts-ignore: decorator
@external("rollup", "keccak256")
export declare function keccak256(pointer: usize, length: u32, dest: usize): void;

/** Recovers the signer from the words `hash, v, r, s` at a 128-byte-aligned `pointer`; the zero word if there is none. */
// @ts-ignore: decorator
@external("rollup", "ecrecover")
export declare function ecrecover(pointer: usize, dest: usize): void;

/** Hashes at most 256 bytes that lie inside one 256-byte-aligned block. */
// @ts-ignore: decorator
@external("rollup", "sha256")
export declare function sha256(pointer: usize, length: u32, dest: usize): void;
