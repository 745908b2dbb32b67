/* Hashes and signatures, by the host. */
#ifndef ROLLUP_CRYPTO_H
#define ROLLUP_CRYPTO_H

#include "host.h"
#include "word.h"

/** Hashes at most 256 bytes that lie inside one `Block`. */
static inline void keccak256(const void *pointer, uint32_t length, Word *dest) {
  host_keccak256(pointer, length, dest);
}

/** Hashes at most 256 bytes that lie inside one `Block`. */
static inline void sha256(const void *pointer, uint32_t length, Word *dest) {
  host_sha256(pointer, length, dest);
}

/** `keccak256(left, right)`: a node of a Merkle tree. */
static inline void hashPair(const Word *left, const Word *right, Word *dest) {
  static Block pair;
  pair.words[0] = *left;
  pair.words[1] = *right;
  keccak256(&pair, 64, dest);
}

/**
 * Recovers who signed.
 * @param signature Words 0 to 3: hash, v (27 or 28), r, s.
 * @param dest Gets the signer's address, zero if there is none.
 */
static inline void recoverAddress(const Block *signature, Word *dest) {
  host_ecrecover(signature, dest);
}

#endif
