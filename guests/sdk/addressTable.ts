import { Word } from "./word";

/*
 * A hash table with open addressing in linear memory, keyed by an address and a mark, a number of the guest's own that is not 0. A record's
 * first word is `mark u32 | 8 bytes of the guest's own | address`, and what follows is the guest's own. Records are never removed.
 * Whoever sends to addresses of his choice can make all of them collide, so a guest's budget must allow for a look at every
 * record, and it must leave some of them free.
 */

/** Spreads the records of one address. */
const SPREAD: u32 = 0x9e3779b1;

/** The record of `address` with `mark` among `slots` records of `size` bytes, or the free one where it would be. */
export function findRecord(table: usize, slots: u32, size: u32, mark: u32, address: Word): usize {
  let slot = (load<u32>(address.pointer, 28) ^ (mark * SPREAD)) % slots;
  let record = table + slot * size;
  while (isInUse(record) && !isRecordOf(record, mark, address)) {
    slot = slot + 1 == slots ? 0 : slot + 1;
    record = table + slot * size;
  }
  return record;
}

// @ts-ignore: decorator
@inline
export function isInUse(record: usize): bool {
  return load<u32>(record) != 0;
}

/** Makes a free record that of `address` with `mark`. */
export function useRecord(record: usize, mark: u32, address: Word): void {
  Word.at(record).set(address);
  store<u32>(record, mark);
}

// @ts-ignore: decorator
@inline
function isRecordOf(record: usize, mark: u32, address: Word): bool {
  return (
    load<u64>(record, 24) == load<u64>(address.pointer, 24) &&
    load<u64>(record, 16) == load<u64>(address.pointer, 16) &&
    load<u32>(record, 12) == load<u32>(address.pointer, 12) &&
    load<u32>(record) == mark
  );
}
