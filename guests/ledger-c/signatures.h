#ifndef SIGNATURES_H
#define SIGNATURES_H

#include <rollup.h>

/** A transaction's fields as they are signed. */
typedef struct {
  Word typeHash;
  Word to;
  /** Of a message: the hash of its data. */
  Word amount;
  Word nonce;
  Word token;
} __attribute__((aligned(256))) Fields;

extern Fields fields;

/** hash, v, r, s. Callers put r and s there; the highest bit of s is the parity of v (EIP-2098). */
extern Block signature;

/** Signatures are good for the contract `bridge` on the L1 chain `chainId`, and nowhere else. */
void setDomain(const Word *chainId, const Word *bridge);

bool hasDomain(void);

/**
 * Recovers who signed `fields`; the caller has filled them, and `signature`.
 * @param typeHash Of the transaction's type.
 * @param words How many of the fields that type has, its hash included.
 * @param dest Gets the signer, zero if there is none.
 */
void recoverSigner(const Word *typeHash, uint32_t words, Word *dest);

#endif
