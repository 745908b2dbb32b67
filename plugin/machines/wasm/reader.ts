import { InvalidModuleError } from "./errors.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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
      if (shift === 28 && byte > 0x0f) throw this.tooLong();
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
      if (shift >= 70n) throw this.tooLong();
    }
  }

  take(length: number): Uint8Array {
    if (this.offset + length > this.end) throw new InvalidModuleError(`unexpected end at offset ${this.offset}`);
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  name(): string {
    const start = this.offset;
    try {
      return UTF8.decode(this.take(this.u32()));
    } catch (error) {
      if (error instanceof TypeError) throw new InvalidModuleError(`malformed UTF-8 encoding at offset ${start}`);
      throw error;
    }
  }

  /** A vector: its length, then what `item` reads, that often. */
  list<T>(item: (index: number) => T): T[] {
    const length = this.u32();
    const items: T[] = [];
    while (items.length < length) items.push(item(items.length));
    return items;
  }

  private tooLong(): InvalidModuleError {
    return new InvalidModuleError(`an integer that is too long or too large ends at offset ${this.offset}`);
  }
}
