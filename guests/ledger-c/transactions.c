#include "transactions.h"

#include "accounts.h"
#include "outputs.h"
#include "signatures.h"
#include "typeHashes.h"

/**
 * Five words: `type u8 | 3 zero bytes | nonce u64 | to`, token, amount, r, s with the parity of v as its highest bit. A message has the hash of its
 * data in place of an amount, and no token: it counts with the sender's transactions of ether.
 */
enum {
  WORDS = 5,
  SIZE = 160,
  /* Of one input. */
  MAXIMUM = 8192
};

/** The first four bytes of a transaction, as a big-endian number. */
enum { TRANSFER = 0x01000000, WITHDRAWAL = 0x02000000, MESSAGE_TO_L1 = 0x03000000 };

static Word signer;

/** Reads the fields and the signature of the transaction whose first word is `word`; answers its type. */
static uint32_t readTransaction(uint32_t word) {
  Word *to = &fields.to;
  inputWord(word, to);
  inputWord(word + 1, &fields.token);
  inputWord(word + 2, &fields.amount);
  inputWord(word + 3, &signature.words[2]);
  inputWord(word + 4, &signature.words[3]);
  const uint64_t high = wordDigit(to, 3), next = wordDigit(to, 2);
  wordSetNumber(&fields.nonce, high << 32 | next >> 32);
  to->raw[0] = 0;
  to->halves[2] = 0;
  return (uint32_t)(high >> 32);
}

/** Whether the fields that were read are of a transaction of this type. */
static bool isTransaction(uint32_t type) {
  if (type == MESSAGE_TO_L1) return wordIsZero(&fields.token);
  return (type == TRANSFER || type == WITHDRAWAL) && wordIsAddress(&fields.token);
}

/** Moves an amount out of an account, to another one or to L1. */
static Refusal move(uint32_t type, uint32_t mark, Account *account) {
  if (wordIsBelow(&account->balance, &fields.amount)) return INSUFFICIENT_BALANCE;
  wordSubtract(&account->balance, &fields.amount);
  const Refusal refusal = type == TRANSFER ? credit(mark, &fields.to, &fields.amount)
                                           : withdraw(&fields.token, &fields.to, &fields.amount);
  if (refusal != NOT_REFUSED) wordAdd(&account->balance, &fields.amount);
  return refusal;
}

/** Applies the transaction that was read, or changes nothing and answers why. */
static Refusal apply(uint32_t type) {
  if (type == MESSAGE_TO_L1) recoverSigner(&MESSAGE_TYPE_HASH, 4, &signer);
  else recoverSigner(type == TRANSFER ? &TRANSFER_TYPE_HASH : &WITHDRAWAL_TYPE_HASH, 5, &signer);
  if (wordIsZero(&signer)) return BAD_SIGNATURE;
  const uint32_t mark = markOf(&fields.token);
  Account *account = accountOf(mark, &signer);
  if (!account->key.mark) return UNKNOWN_ACCOUNT;
  if (account->key.own != wordDigit(&fields.nonce, 0)) return WRONG_NONCE;
  const Refusal refusal =
      type == MESSAGE_TO_L1 ? sendMessage(&signer, &fields.to, &fields.amount) : move(type, mark, account);
  if (refusal == NOT_REFUSED) ++account->key.own;
  return refusal;
}

void applyTransactions(uint64_t length) {
  if (length % SIZE != 0 || length > (uint64_t)MAXIMUM * SIZE) rejectInput();
  const uint32_t count = (uint32_t)(length / SIZE);
  for (uint32_t place = 0; place < count; ++place) {
    const uint32_t type = readTransaction(place * WORDS);
    if (!isTransaction(type)) rejectInput();
    const Refusal refusal = apply(type);
    if (refusal != NOT_REFUSED) logRefusal(place, refusal, &signer);
  }
}
