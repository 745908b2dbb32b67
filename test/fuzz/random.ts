/** A small seeded generator (xorshift32), so that a seed names a whole run. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 32 unsigned bits. */
  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() >>> 24);
  }

  /** A 64-bit value, often near a corner. */
  value(): bigint {
    const corners = [
      0n,
      1n,
      2n,
      -1n,
      -2n,
      0x7fffffffn,
      0x80000000n,
      0xffffffffn,
      1n << 32n,
      1n << 63n,
      (1n << 63n) - 1n,
      63n,
      255n,
    ];
    const choice = this.below(4);
    if (choice === 0) return corners[this.below(corners.length)];
    if (choice === 1) return BigInt(this.below(512));
    return BigInt.asIntN(64, (BigInt(this.next()) << 32n) | BigInt(this.next()));
  }
}
