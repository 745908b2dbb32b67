/** WebAssembly's instructions by name, as many as translated code is made of. */
export const W = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCallIndirect: 0x13,
  drop: 0x1a,
  select: 0x1b,
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8Signed: 0x2c,
  i32Load8: 0x2d,
  i32Load16Signed: 0x2e,
  i32Load16: 0x2f,
  i32Store: 0x36,
  i64Store: 0x37,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LessSigned: 0x48,
  i32Less: 0x49,
  i32GreaterSigned: 0x4a,
  i32Greater: 0x4b,
  i32AtMostSigned: 0x4c,
  i32AtMost: 0x4d,
  i32AtLeastSigned: 0x4e,
  i32AtLeast: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64Greater: 0x56,
  i32CountLeadingZeros: 0x67,
  i32Add: 0x6a,
  i32Subtract: 0x6b,
  i32Multiply: 0x6c,
  i32DivideSigned: 0x6d,
  i32Divide: 0x6e,
  i32RemainderSigned: 0x6f,
  i32Remainder: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32ShiftLeft: 0x74,
  i32ShiftRightSigned: 0x75,
  i32ShiftRight: 0x76,
  i32RotateRight: 0x78,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64Multiply: 0x7e,
  i64And: 0x83,
  i64Or: 0x84,
  i64ShiftLeft: 0x86,
  i64ShiftRightSigned: 0x87,
  i64ShiftRight: 0x88,
  i32Wrap: 0xa7,
  i64ExtendSigned: 0xac,
  i64Extend: 0xad,
  i32Extend8: 0xc0,
  i32Extend16: 0xc1,
} as const;

/** Types of values, and of blocks that leave one or none. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const NOTHING = 0x40;

/** Bytes of a module, written one after another. */
export class Code {
  private bytes = new Uint8Array(2 ** 12);
  length = 0;

  op(...bytes: readonly number[]): void {
    this.reserve(bytes.length);
    for (const byte of bytes) this.bytes[this.length++] = byte;
  }

  /** A number below 2^32 as unsigned LEB128. */
  unsigned(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.bytes[this.length++] = rest;
  }

  /** A number of 32 bits as signed LEB128. */
  signed(value: number): void {
    this.reserve(5);
    for (let rest = value | 0; ; rest >>= 7) {
      const low = rest & 0x7f;
      if (rest >> 7 === ((low & 0x40) !== 0 ? -1 : 0)) {
        this.bytes[this.length++] = low;
        return;
      }
      this.bytes[this.length++] = low | 0x80;
    }
  }

  /** A number of 64 bits, in two halves, as signed LEB128. */
  signed64(high: number, low: number): void {
    if (high === low >> 31) return this.signed(low);
    for (let rest = (BigInt(high) << 32n) | BigInt(low >>> 0); ; rest >>= 7n) {
      const part = Number(rest & 0x7fn);
      if (rest >> 7n === ((part & 0x40) !== 0 ? -1n : 0n)) return this.op(part);
      this.op(part | 0x80);
    }
  }

  get(local: number): void {
    this.op(0x20);
    this.unsigned(local);
  }

  set(local: number): void {
    this.op(0x21);
    this.unsigned(local);
  }

  tee(local: number): void {
    this.op(0x22);
    this.unsigned(local);
  }

  constant(value: number): void {
    this.op(0x41);
    this.signed(value);
  }

  constant64(high: number, low: number): void {
    this.op(0x42);
    this.signed64(high, low);
  }

  /** A load or a store of one of the two memories. No alignment is promised. */
  access(op: number, memory: number, offset = 0): void {
    if (memory === 0) this.op(op, 0);
    else this.op(op, 0x40, memory);
    this.unsigned(offset);
  }

  append(other: Code): void {
    this.reserve(other.length);
    this.bytes.set(other.view(), this.length);
    this.length += other.length;
  }

  /** Bytes behind their number. */
  sized(content: Code): void {
    this.unsigned(content.length);
    this.append(content);
  }

  text(name: string): void {
    this.op(name.length, ...Buffer.from(name, "latin1"));
  }

  /** Not to be kept. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * Math.max(this.bytes.length, this.length + count));
    larger.set(this.view());
    this.bytes = larger;
  }
}
