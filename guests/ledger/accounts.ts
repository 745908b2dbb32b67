import { findRecord, isInUse, useRecord, Word, wordOf } from "hardhat-rollup/guests/sdk";
import { Refusal } from "./logs";

/*
 * Accounts, one for each address and token, and the tokens that there are, are in one table: all memory but the first of 32 pages, so that the
 * memory's tree is 16 deep. Where everything collides, a transaction still takes less than an L1 message's budget: nobody can be
 * priced out of the forced path.
 */

/** Of a record: its first word with the nonce at byte 4, the balance. */
const SIZE: u32 = 64;
const SLOTS: u32 = 31744;
/** Free records end a search. */
const CAPACITY: u32 = 24000;

/** What a token's own record is marked with. Accounts are marked with their token: `ETHER`, or `FIRST_TOKEN` and the place of its record. */
const TOKEN: u32 = 1;
const ETHER: u32 = 2;
const FIRST_TOKEN: u32 = 3;

const table = memory.data(31744 * 64, 64);
let count: u32 = 0;

/** What accounts of a token are marked with; 0 if nothing of it was ever there. */
export function markOf(token: Word): u32 {
  if (token.isZero()) return ETHER;
  const record = findRecord(table, SLOTS, SIZE, TOKEN, token);
  return isInUse(record) ? markOfToken(record) : 0;
}

/** As `markOf`, of a token that there is from now on; 0 if there is no room. */
export function openToken(token: Word): u32 {
  if (token.isZero()) return ETHER;
  const record = findRecord(table, SLOTS, SIZE, TOKEN, token);
  return open(record, TOKEN, token) ? markOfToken(record) : 0;
}

/** An account, or the place where it would be: then it is `missing`, and reads as empty. */
@unmanaged
export class Account {
  static of(mark: u32, address: Word): Account {
    return changetype<Account>(findRecord(table, SLOTS, SIZE, mark, address));
  }

  @inline
  get isMissing(): bool {
    return !isInUse(changetype<usize>(this));
  }

  /** How many transactions of it were applied. */
  @inline
  get nonce(): u64 {
    return bswap(load<u64>(changetype<usize>(this), 4));
  }

  @inline
  set nonce(value: u64) {
    store<u64>(changetype<usize>(this), bswap(value), 4);
  }

  /** In the token's smallest unit, for ether in wei. */
  @inline
  get balance(): Word {
    return wordOf(changetype<usize>(this), 1);
  }
}

/** Adds to an account of the token that `mark` stands for; the account is opened if it is missing. */
export function credit(mark: u32, address: Word, amount: Word): Refusal {
  const account = Account.of(mark, address);
  if (!open(changetype<usize>(account), mark, address)) return Refusal.TableFull;
  if (!account.balance.add(amount)) return Refusal.None;
  account.balance.subtract(amount);
  return Refusal.BalanceOverflow;
}

/** Makes sure that a record exists; false if there is no room. */
function open(record: usize, mark: u32, address: Word): bool {
  if (isInUse(record)) return true;
  if (count == CAPACITY) return false;
  ++count;
  useRecord(record, mark, address);
  return true;
}

function markOfToken(record: usize): u32 {
  return FIRST_TOKEN + u32(record - table) / SIZE;
}
