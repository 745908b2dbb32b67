import * as host from "./host";
import { reserveWord } from "./memory";
import { Word } from "./word";

/** From the sequencer. */
export const BATCH: u32 = 0;
/** From anyone, through the inbox on L1. */
export const MESSAGE: u32 = 1;
/** From the chain's bridge. */
export const DEPOSIT: u32 = 2;

/** The input's bytes come after eight words of header. */
const HEADER_WORDS: u32 = 8;

const scratch = reserveWord();

/** The input that is handled. */
export namespace Input {
  /** `BATCH`, `MESSAGE` or `DEPOSIT`. */
  export function kind(): u32 {
    return u32(headerNumber(0));
  }

  /** Who sent it on L1. */
  export function sender(dest: Word): void {
    host.inputWord(1, dest.pointer);
  }

  /** Its place in the chain's inbox, from 0. */
  export function number(): u64 {
    return headerNumber(2);
  }

  /** Of the L1 block that appended it, in seconds. */
  export function timestamp(): u64 {
    return headerNumber(3);
  }

  /** Of the L1 block that appended it. */
  export function blockNumber(): u64 {
    return headerNumber(4);
  }

  /** In bytes. */
  export function length(): u64 {
    return headerNumber(5);
  }

  /** Reads word `index` of its bytes; past the end they are zero. */
  export function word(index: u32, dest: Word): void {
    host.inputWord(HEADER_WORDS + index, dest.pointer);
  }

  /** Reads word `index` of its bytes as a number, of which the low 64 bits are given. */
  export function wordNumber(index: u32): u64 {
    word(index, scratch);
    return scratch.digit(0);
  }

  /** The byte at `offset`, 0 past the end. */
  export function byte(offset: u32): u8 {
    word(offset >> 5, scratch);
    return load<u8>(scratch.pointer + (offset & 31));
  }

  /** Copies bytes from any offset to any place; past the end they are zero. */
  export function copy(offset: u32, length: u32, dest: usize): void {
    for (let copied: u32 = 0; copied < length; ++copied) {
      const from = offset + copied;
      if (copied == 0 || (from & 31) == 0) word(from >> 5, scratch);
      store<u8>(dest + copied, load<u8>(scratch.pointer + (from & 31)));
    }
  }

  function headerNumber(index: u32): u64 {
    host.inputWord(index, scratch.pointer);
    return scratch.digit(0);
  }
}
