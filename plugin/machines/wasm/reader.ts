import { InvalidModuleError } from "./errors.js";

/** Reads a module's bytes from front to back. */
export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    /** Of the next byte. */
    public offset = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    if (this.offset >= this.end) throw new InvalidModuleError(`unexpected end at offset ${this.offset}`);
    return this.bytes[this.offset++];
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  }

  /** An unsigned LEB128 of at most 64 bits. */
  u64(): bigint {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7n;
    }
  }

  /** A signed LEB128 of at most 64 bits. */
  signed(): bigint {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return byte & 0x40 ? value - (1n << shift) : value;
    }
  }

  take(length: number): Uint8Array {
    if (this.offset + length > this.end) throw new InvalidModuleError(`unexpected end at offset ${this.offset}`);
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  /** A vector: its length, then what `item` reads, that often. */
  list<T>(item: (index: number) => T): T[] {
    return Array.from({ length: this.u32() }, (_, index) => item(index));
  }
}
