import { Input, reject, reserveWord, Word, WORD, wordOf } from "hardhat-rollup/guests/sdk";
import { Account, credit } from "./accounts";
import { logRefusal, Refusal } from "./logs";
import { fields, recoverSigner, signature } from "./signatures";
import { TRANSFER_TYPE_HASH, WITHDRAWAL_TYPE_HASH } from "./typeHashes";
import { withdraw } from "./withdrawals";

/** Four words: `type u8 | 3 zero bytes | nonce u64 | to`, amount, r, s with the parity of v as its highest bit. */
const WORDS: u32 = 4;
const SIZE: u64 = 128;
/** Of one input. */
const MAXIMUM: u64 = 8192;

/** The first four bytes of a transaction, read as memory has them. */
const TRANSFER: u32 = 1;
const WITHDRAWAL: u32 = 2;

const signer = reserveWord();

/** Applies an input's transactions in their order. One that cannot be applied is left out; bytes that are none reject the input. */
export function applyTransactions(): void {
  const length = Input.length();
  if (length % SIZE != 0 || length > MAXIMUM * SIZE) return reject();
  const count = u32(length / SIZE);
  for (let place: u32 = 0; place < count; ++place) {
    const type = readTransaction(place * WORDS);
    if (type != TRANSFER && type != WITHDRAWAL) return reject();
    const refusal = apply(type == WITHDRAWAL);
    if (refusal != Refusal.None) logRefusal(place, refusal, signer);
  }
}

/** Reads the fields and the signature of the transaction whose first word is `word`; answers its type. */
function readTransaction(word: u32): u32 {
  const to = fields.to;
  Input.word(word, to);
  Input.word(word + 1, fields.amount);
  Input.word(word + 2, wordOf(signature, 2));
  Input.word(word + 3, wordOf(signature, 3));
  const type = load<u32>(to.pointer);
  fields.nonce.setNumber(bswap(load<u64>(to.pointer, 4)));
  store<u64>(to.pointer, 0);
  store<u32>(to.pointer, 0, 8);
  return type;
}

/** Applies the transaction that was read, or changes nothing and answers why. */
function apply(isWithdrawal: bool): Refusal {
  recoverSigner(Word.at(isWithdrawal ? WITHDRAWAL_TYPE_HASH : TRANSFER_TYPE_HASH), signer);
  if (signer.isZero()) return Refusal.BadSignature;
  const account = Account.of(signer);
  if (account.isMissing) return Refusal.UnknownAccount;
  if (account.nonce != fields.nonce.digit(0)) return Refusal.WrongNonce;
  if (account.balance.isBelow(fields.amount)) return Refusal.InsufficientBalance;
  account.balance.subtract(fields.amount);
  const refusal = isWithdrawal ? withdraw(fields.to, fields.amount) : credit(fields.to, fields.amount);
  if (refusal != Refusal.None) account.balance.add(fields.amount);
  else ++account.nonce;
  return refusal;
}
