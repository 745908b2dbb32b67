import { Input, reject, reserveWord, Word, wordOf } from "hardhat-rollup/guests/sdk";
import { Account, credit, markOf } from "./accounts";
import { logRefusal, Refusal } from "./logs";
import { sendMessage, withdraw } from "./outputs";
import { fields, recoverSigner, signature } from "./signatures";
import { MESSAGE_TYPE_HASH, TRANSFER_TYPE_HASH, WITHDRAWAL_TYPE_HASH } from "./typeHashes";

/**
 * Five words: `type u8 | 3 zero bytes | nonce u64 | to`, token, amount, r, s with the parity of v as its highest bit. A message has the hash of its
 * data in place of an amount, and no token: it counts with the sender's transactions of ether.
 */
const WORDS: u32 = 5;
const SIZE: u64 = 160;
/** Of one input. */
const MAXIMUM: u64 = 8192;

/** The first four bytes of a transaction, read as memory has them. */
const TRANSFER: u32 = 1;
const WITHDRAWAL: u32 = 2;
const MESSAGE: u32 = 3;

const signer = reserveWord();

/** Applies an input's transactions in their order. One that cannot be applied is left out; bytes that are none reject the input. */
export function applyTransactions(length: u64): void {
  if (length % SIZE != 0 || length > MAXIMUM * SIZE) return reject();
  const count = u32(length / SIZE);
  for (let place: u32 = 0; place < count; ++place) {
    const type = readTransaction(place * WORDS);
    if (!isTransaction(type)) return reject();
    const refusal = apply(type);
    if (refusal != Refusal.None) logRefusal(place, refusal, signer);
  }
}

/** Reads the fields and the signature of the transaction whose first word is `word`; answers its type. */
function readTransaction(word: u32): u32 {
  const to = fields.to;
  Input.word(word, to);
  Input.word(word + 1, fields.token);
  Input.word(word + 2, fields.amount);
  Input.word(word + 3, wordOf(signature, 2));
  Input.word(word + 4, wordOf(signature, 3));
  const type = load<u32>(to.pointer);
  fields.nonce.setNumber(bswap(load<u64>(to.pointer, 4)));
  store<u64>(to.pointer, 0);
  store<u32>(to.pointer, 0, 8);
  return type;
}

/** Whether the fields that were read are of a transaction of this type. */
function isTransaction(type: u32): bool {
  if (type == MESSAGE) return fields.token.isZero();
  return (type == TRANSFER || type == WITHDRAWAL) && fields.token.isAddress();
}

/** Applies the transaction that was read, or changes nothing and answers why. */
function apply(type: u32): Refusal {
  if (type == MESSAGE) recoverSigner(Word.at(MESSAGE_TYPE_HASH), 4, signer);
  else recoverSigner(Word.at(type == TRANSFER ? TRANSFER_TYPE_HASH : WITHDRAWAL_TYPE_HASH), 5, signer);
  if (signer.isZero()) return Refusal.BadSignature;
  const mark = markOf(fields.token);
  const account = Account.of(mark, signer);
  if (account.isMissing) return Refusal.UnknownAccount;
  if (account.nonce != fields.nonce.digit(0)) return Refusal.WrongNonce;
  const refusal = type == MESSAGE ? sendMessage(signer, fields.to, fields.amount) : move(type, mark, account);
  if (refusal == Refusal.None) ++account.nonce;
  return refusal;
}

/** Moves an amount out of an account, to another one or to L1. */
function move(type: u32, mark: u32, account: Account): Refusal {
  if (account.balance.isBelow(fields.amount)) return Refusal.InsufficientBalance;
  account.balance.subtract(fields.amount);
  const refusal =
    type == TRANSFER ? credit(mark, fields.to, fields.amount) : withdraw(fields.token, fields.to, fields.amount);
  if (refusal != Refusal.None) account.balance.add(fields.amount);
  return refusal;
}
