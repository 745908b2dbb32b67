/** Bytes of a word. */
export const WORD: u32 = 32;

/**
 * A 256-bit unsigned number in linear memory: big-endian, as the EVM has it, and aligned, as host calls ask. It is no
 * object of the runtime: it has no header and is never freed.
 */
@unmanaged
export class Word {
  /** The word at an aligned address. */
  @inline
  static at(pointer: usize): Word {
    return changetype<Word>(pointer);
  }

  @inline
  get pointer(): usize {
    return changetype<usize>(this);
  }

  /** One of its 64-bit digits: 0 is the least significant, 3 the most. */
  digit(index: usize): u64 {
    return bswap(load<u64>(this.pointer + 24 - (index << 3)));
  }

  setDigit(index: usize, value: u64): void {
    store<u64>(this.pointer + 24 - (index << 3), bswap(value));
  }

  isZero(): bool {
    return (
      (load<u64>(this.pointer) |
        load<u64>(this.pointer, 8) |
        load<u64>(this.pointer, 16) |
        load<u64>(this.pointer, 24)) ==
      0
    );
  }

  /** Whether it is below `2^160`. */
  isAddress(): bool {
    return (load<u64>(this.pointer) | (<u64>load<u32>(this.pointer, 8))) == 0;
  }

  equals(other: Word): bool {
    return (
      load<u64>(this.pointer) == load<u64>(other.pointer) &&
      load<u64>(this.pointer, 8) == load<u64>(other.pointer, 8) &&
      load<u64>(this.pointer, 16) == load<u64>(other.pointer, 16) &&
      load<u64>(this.pointer, 24) == load<u64>(other.pointer, 24)
    );
  }

  isBelow(other: Word): bool {
    let index: usize = 3;
    while (index > 0 && this.digit(index) == other.digit(index)) --index;
    return this.digit(index) < other.digit(index);
  }

  set(other: Word): void {
    store<u64>(this.pointer, load<u64>(other.pointer));
    store<u64>(this.pointer, load<u64>(other.pointer, 8), 8);
    store<u64>(this.pointer, load<u64>(other.pointer, 16), 16);
    store<u64>(this.pointer, load<u64>(other.pointer, 24), 24);
  }

  clear(): void {
    store<u64>(this.pointer, 0);
    store<u64>(this.pointer, 0, 8);
    store<u64>(this.pointer, 0, 16);
    store<u64>(this.pointer, 0, 24);
  }

  /** Makes it a number below `2^64`. */
  setNumber(value: u64): void {
    this.clear();
    this.setDigit(0, value);
  }

  /** Adds `other`, modulo `2^256`. Answers whether the sum was that large. */
  add(other: Word): bool {
    let carry: u64 = 0;
    for (let index: usize = 0; index < 4; ++index) {
      const digit = this.digit(index);
      const sum = digit + other.digit(index) + carry;
      carry = u64(carry == 0 ? sum < digit : sum <= digit);
      this.setDigit(index, sum);
    }
    return carry != 0;
  }

  /** Subtracts `other`, modulo `2^256`. Answers whether it was greater. */
  subtract(other: Word): bool {
    let borrow: u64 = 0;
    for (let index: usize = 0; index < 4; ++index) {
      const digit = this.digit(index);
      const difference = digit - other.digit(index) - borrow;
      borrow = u64(borrow == 0 ? difference > digit : difference >= digit);
      this.setDigit(index, difference);
    }
    return borrow != 0;
  }
}
