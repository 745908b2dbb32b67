#include "transactions.h"

#include "accounts.h"
#include "signatures.h"
#include "typeHashes.h"
#include "withdrawals.h"

/** Four words: `type u8 | 3 zero bytes | nonce u64 | to`, amount, r, s with the parity of v as its highest bit. */
enum {
  WORDS = 4,
  SIZE = 128,
  /* Of one input. */
  MAXIMUM = 8192
};

/** The first four bytes of a transaction, as a big-endian number. */
enum { TRANSFER = 0x01000000, WITHDRAWAL = 0x02000000 };

static Word signer;

/** Reads the fields and the signature of the transaction whose first word is `word`; answers its type. */
static uint32_t readTransaction(uint32_t word) {
  Word *to = &fields.to;
  inputWord(word, to);
  inputWord(word + 1, &fields.amount);
  inputWord(word + 2, &signature.words[2]);
  inputWord(word + 3, &signature.words[3]);
  const uint64_t high = wordDigit(to, 3), next = wordDigit(to, 2);
  wordSetNumber(&fields.nonce, high << 32 | next >> 32);
  to->raw[0] = 0;
  to->halves[2] = 0;
  return (uint32_t)(high >> 32);
}

/** Applies the transaction that was read, or changes nothing and answers why. */
static Refusal apply(bool isWithdrawal) {
  recoverSigner(isWithdrawal ? &WITHDRAWAL_TYPE_HASH : &TRANSFER_TYPE_HASH, &signer);
  if (wordIsZero(&signer)) return BAD_SIGNATURE;
  Account *account = accountOf(&signer);
  if (!account->key.isInUse) return UNKNOWN_ACCOUNT;
  if (account->key.own != wordDigit(&fields.nonce, 0)) return WRONG_NONCE;
  if (wordIsBelow(&account->balance, &fields.amount)) return INSUFFICIENT_BALANCE;
  wordSubtract(&account->balance, &fields.amount);
  const Refusal refusal =
      isWithdrawal ? withdraw(&fields.to, &fields.amount) : credit(&fields.to, &fields.amount);
  if (refusal != NOT_REFUSED) wordAdd(&account->balance, &fields.amount);
  else ++account->key.own;
  return refusal;
}

void applyTransactions(void) {
  const uint64_t length = inputLength();
  if (length % SIZE != 0 || length > (uint64_t)MAXIMUM * SIZE) rejectInput();
  const uint32_t count = (uint32_t)(length / SIZE);
  for (uint32_t place = 0; place < count; ++place) {
    const uint32_t type = readTransaction(place * WORDS);
    if (type != TRANSFER && type != WITHDRAWAL) rejectInput();
    const Refusal refusal = apply(type == WITHDRAWAL);
    if (refusal != NOT_REFUSED) logRefusal(place, refusal, &signer);
  }
}
