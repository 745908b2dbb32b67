import { findRecord, isInUse, useRecord, Word, wordOf } from "hardhat-rollup/guests/sdk";
import { Refusal } from "./logs";

/*
 * The table is all memory but the first of 32 pages, so that the memory's tree is 16 deep. Where every address collides, a
 * transaction still takes less than half of an L1 message's budget: nobody can be priced out of the forced path.
 */

/** Of a record: its first word with the nonce at byte 4, the balance. */
const SIZE: u32 = 64;
const SLOTS: u32 = 31744;
/** Free records end a search. */
const CAPACITY: u32 = 24000;

const table = memory.data(31744 * 64, 64);
let count: u32 = 0;

/** An account, or the place where it would be: then it is `missing`, and reads as empty. */
@unmanaged
export class Account {
  static of(address: Word): Account {
    return changetype<Account>(findRecord(table, SLOTS, SIZE, address));
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

  /** In wei. */
  @inline
  get balance(): Word {
    return wordOf(changetype<usize>(this), 1);
  }

  /** Makes sure that it exists; false if there is no room. */
  open(address: Word): bool {
    if (!this.isMissing) return true;
    if (count == CAPACITY) return false;
    ++count;
    useRecord(changetype<usize>(this), address);
    return true;
  }
}

/** Adds to an account, which is opened if it is missing. */
export function credit(address: Word, amount: Word): Refusal {
  const account = Account.of(address);
  if (!account.open(address)) return Refusal.TableFull;
  if (!account.balance.add(amount)) return Refusal.None;
  account.balance.subtract(amount);
  return Refusal.BalanceOverflow;
}
