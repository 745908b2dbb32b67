import type { NumberType } from "../../plugin/machines/softfloat/operations.js";
import type { Random } from "../fuzz/random.js";

const FLOAT = new DataView(new ArrayBuffer(8));

/** A float's bits, and those of the number. */
const bits32 = (value: number): bigint => (FLOAT.setFloat32(0, value), BigInt(FLOAT.getUint32(0)));
const bits64 = (value: number): bigint => (FLOAT.setFloat64(0, value), FLOAT.getBigUint64(0));

/** Bits of the format, counted from its shape. */
const FORMATS = {
  f32: { fraction: 23n, exponents: 255n, bias: 127n, width: 32n, bits: bits32 },
  f64: { fraction: 52n, exponents: 2047n, bias: 1023n, width: 64n, bits: bits64 },
} as const;

const NUMBERS = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 10, 1 / 3, 0.1, Math.PI, 1e10, 16777215.5, 4503599627370495.5];
const POWERS = [23, 24, 31, 32, 52, 53, 63, 64];

/** About sixty magnitudes where formats end, and both signs of each. */
export function specialFloats(type: "f32" | "f64"): bigint[] {
  const { fraction, exponents, bias, width, bits } = FORMATS[type];
  const infinite = exponents << fraction;
  const leading = 1n << fraction;
  const magnitudes = [
    ...[0n, 1n, 2n, 3n, leading >> 1n, (leading >> 1n) + 1n, leading - 1n, leading, leading + 1n, 2n * leading],
    ...[
      infinite - 1n,
      infinite - leading,
      infinite,
      infinite + 1n,
      infinite + (leading >> 1n),
      (1n << (width - 1n)) - 1n,
    ],
    ...NUMBERS.map(bits),
    ...[
      (bias << fraction) - 1n,
      (bias << fraction) + 1n,
      ((bias - 1n) << fraction) - 1n,
      ((bias - 1n) << fraction) + 1n,
    ],
    ...[(bias / 2n) << fraction, ((bias * 3n) / 2n) << fraction],
    ...POWERS.flatMap((power) => [bits(2 ** power) - 1n, bits(2 ** power), bits(2 ** power) + 1n]),
  ];
  const unique = [...new Set(magnitudes)];
  return unique.flatMap((magnitude) => [magnitude, magnitude | (1n << (width - 1n))]);
}

/** Integers at every power of two. */
export function specialIntegers(type: "i32" | "i64"): bigint[] {
  const width = type === "i32" ? 32 : 64;
  const near = (value: bigint): bigint[] =>
    [-2n, -1n, 0n, 1n, 2n].map((offset) => BigInt.asUintN(width, value + offset));
  return [...new Set(Array.from({ length: width }, (_, bit) => near(1n << BigInt(bit))).flat())];
}

/** Floats beside every integer where a conversion changes: a little below and above, in steps of the format. */
export function integerBoundaries(type: "f32" | "f64"): bigint[] {
  const { bits, width } = FORMATS[type];
  const whole = [0, 1, 2, 3, ...[8, 16, 24, 31, 32, 52, 53, 63, 64, 65].map((power) => 2 ** power)];
  const values = whole.flatMap((value) => [value - 1, value - 0.5, value, value + 0.5, value + 1]);
  const near = values.flatMap((value) =>
    [-2n, -1n, 0n, 1n, 2n].map((step) => BigInt.asUintN(Number(width), bits(value) + step)),
  );
  return [...new Set(near.flatMap((pattern) => [pattern, pattern ^ (1n << (width - 1n))]))];
}

export function specials(type: NumberType): bigint[] {
  return type === "f32" || type === "f64" ? specialFloats(type) : specialIntegers(type);
}

/** Random operands as words, without bigints since there are many: `words` are `aLow, aHigh, bLow, bHigh`. */
export class RandomOperands {
  readonly words = new Int32Array(4);
  private readonly shape: { readonly top: number; readonly shift: number; readonly exponents: number };

  constructor(
    private readonly random: Random,
    type: NumberType,
  ) {
    const isDouble = type === "f64";
    this.top = isDouble ? 1 : 0;
    this.shape = { top: this.top, shift: isDouble ? 20 : 23, exponents: isDouble ? 2047 : 255 };
  }

  /** The word of an operand that has its sign and exponent. */
  private readonly top: number;

  /** The next pair, of one of several kinds. */
  next(): void {
    const { words, random } = this;
    for (let i = 0; i < 4; i++) words[i] = random.next();
    const kind = random.below(8);
    if (kind >= 2) this.sparse(0);
    if (kind >= 3) this.sparse(2);
    if (kind === 4 || kind === 5) this.placeExponents(this.anyExponent(), random.below(140) - 70);
    if (kind === 6) this.placeExponents(this.anyExponent(), random.below(5) - 2);
    if (kind === 7) this.oppose();
    if (kind === 1) this.placeExponents(this.shape.exponents >> 1, random.below(64) - 32);
  }

  /** Half of all operands get long runs of equal bits, so that halves, carries and exact results come up. */
  private sparse(at: number): void {
    const { words, random } = this;
    const ones = random.below(2) === 0;
    const cut = random.below(64);
    for (let word = 0; word < 2; word++) {
      const bits = Math.min(Math.max(cut - 32 * word, 0), 32);
      const mask = bits === 32 ? -1 : (1 << bits) - 1;
      words[at + word] = ones ? words[at + word] | mask : words[at + word] & ~mask;
      if (word === cut >> 5 && random.below(2) === 0) words[at + word] ^= 1 << (cut & 31);
    }
  }

  private anyExponent(): number {
    const { random } = this;
    const { exponents } = this.shape;
    return random.below(3) === 0 ? random.below(70) : random.below(exponents);
  }

  /** Gives the first operand that exponent, the second one that is `distance` away. */
  private placeExponents(exponent: number, distance: number): void {
    const { exponents } = this.shape;
    this.setExponent(0, exponent);
    this.setExponent(2, Math.min(Math.max(exponent + distance, 0), exponents));
  }

  private setExponent(at: number, exponent: number): void {
    const { top, shift, exponents } = this.shape;
    const word = this.words[at + top];
    this.words[at + top] = (word & ~(exponents << shift)) | (exponent << shift);
  }

  /** Makes the second operand the first one's opposite, but for its last bits. */
  private oppose(): void {
    const { words, random } = this;
    words[2] = words[0] ^ random.below(1 << random.below(6));
    words[3] = words[1];
    words[2 + this.top] ^= 0x80000000;
  }
}
