import { Word } from "./word";

/*
 * A hash table with open addressing in linear memory, keyed by addresses. A record's first word is
 * `in use u32 | 8 bytes of the guest's own | address`, and what follows is the guest's own. Records are never removed.
 * Whoever sends to addresses of his choice can make all of them collide, so a guest's budget must allow for a look at every
 * record, and it must leave some of them free.
 */

/** The record of `address` among `slots` records of `size` bytes, or the free one where it would be. */
export function findRecord(table: usize, slots: u32, size: u32, address: Word): usize {
  let slot = load<u32>(address.pointer, 28) % slots;
  let record = table + slot * size;
  while (isInUse(record) && !isRecordOf(record, address)) {
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

/** Makes a free record that of `address`. */
export function useRecord(record: usize, address: Word): void {
  Word.at(record).set(address);
  store<u32>(record, 1);
}

// @ts-ignore: decorator
@inline
function isRecordOf(record: usize, address: Word): bool {
  return (
    load<u64>(record, 24) == load<u64>(address.pointer, 24) &&
    load<u64>(record, 16) == load<u64>(address.pointer, 16) &&
    load<u32>(record, 12) == load<u32>(address.pointer, 12)
  );
}
