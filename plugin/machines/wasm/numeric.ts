import { Trap } from "../traps.js";

/**
 * Numeric instructions that the stepper does not do itself. The first operand's halves are `s[x]` (low) and `s[x + 1]`
 * (high), the second's `s[x + 2]` and `s[x + 3]`; the result takes the first one's place. An i32 has a high half of 0.
 * @returns a trap, or `Trap.none`.
 */
export function numeric(op: number, s: Int32Array, x: number): number {
  switch (op) {
    case 0x53: // i64.lt_s
      return flag(s, x, lessSigned(s, x, x + 2));
    case 0x54: // i64.lt_u
      return flag(s, x, lessUnsigned(s, x, x + 2));
    case 0x55: // i64.gt_s
      return flag(s, x, lessSigned(s, x + 2, x));
    case 0x56: // i64.gt_u
      return flag(s, x, lessUnsigned(s, x + 2, x));
    case 0x57: // i64.le_s
      return flag(s, x, !lessSigned(s, x + 2, x));
    case 0x58: // i64.le_u
      return flag(s, x, !lessUnsigned(s, x + 2, x));
    case 0x59: // i64.ge_s
      return flag(s, x, !lessSigned(s, x, x + 2));
    case 0x5a: // i64.ge_u
      return flag(s, x, !lessUnsigned(s, x, x + 2));
    case 0x67: // i32.clz
      return low(s, x, Math.clz32(s[x]));
    case 0x68: // i32.ctz
      return low(s, x, trailingZeros(s[x]));
    case 0x69: // i32.popcnt
      return low(s, x, countOnes(s[x]));
    case 0x77: // i32.rotl
      return low(s, x, (s[x] << s[x + 2]) | (s[x] >>> -s[x + 2]));
    case 0x78: // i32.rotr
      return low(s, x, (s[x] >>> s[x + 2]) | (s[x] << -s[x + 2]));
    case 0x79: // i64.clz
      return low(s, x, s[x + 1] === 0 ? 32 + Math.clz32(s[x]) : Math.clz32(s[x + 1]));
    case 0x7a: // i64.ctz
      return low(s, x, s[x] === 0 ? 32 + trailingZeros(s[x + 1]) : trailingZeros(s[x]));
    case 0x7b: // i64.popcnt
      return low(s, x, countOnes(s[x]) + countOnes(s[x + 1]));
    case 0x7e: // i64.mul
      return multiply(s, x);
    case 0x7f: // i64.div_s
      return divideSigned(s, x);
    case 0x80: // i64.div_u
      return divideUnsigned(s, x);
    case 0x81: // i64.rem_s
      return remainderSigned(s, x);
    case 0x82: // i64.rem_u
      return remainderUnsigned(s, x);
    case 0x86: // i64.shl
      return shiftLeft(s, x, s[x + 2] & 63);
    case 0x87: // i64.shr_s
      return shiftRight(s, x, s[x + 2] & 63, s[x + 1] >> 31);
    case 0x88: // i64.shr_u
      return shiftRight(s, x, s[x + 2] & 63, 0);
    case 0x89: // i64.rotl
      return rotateLeft(s, x, s[x + 2] & 63);
    case 0x8a: // i64.rotr
      return rotateLeft(s, x, -s[x + 2] & 63);
    case 0xc0: // i32.extend8_s
      return low(s, x, (s[x] << 24) >> 24);
    case 0xc1: // i32.extend16_s
      return low(s, x, (s[x] << 16) >> 16);
    case 0xc2: // i64.extend8_s
      return extended(s, x, (s[x] << 24) >> 24);
    case 0xc3: // i64.extend16_s
      return extended(s, x, (s[x] << 16) >> 16);
    case 0xc4: // i64.extend32_s
      return extended(s, x, s[x]);
    default:
      return Trap.unreachable;
  }
}

function flag(s: Int32Array, x: number, value: boolean): number {
  return low(s, x, value ? 1 : 0);
}

function low(s: Int32Array, x: number, value: number): number {
  s[x] = value;
  s[x + 1] = 0;
  return Trap.none;
}

function extended(s: Int32Array, x: number, value: number): number {
  s[x] = value;
  s[x + 1] = value >> 31;
  return Trap.none;
}

function lessSigned(s: Int32Array, a: number, b: number): boolean {
  return s[a + 1] === s[b + 1] ? s[a] >>> 0 < s[b] >>> 0 : s[a + 1] < s[b + 1];
}

function lessUnsigned(s: Int32Array, a: number, b: number): boolean {
  return s[a + 1] === s[b + 1] ? s[a] >>> 0 < s[b] >>> 0 : s[a + 1] >>> 0 < s[b + 1] >>> 0;
}

function trailingZeros(value: number): number {
  return value === 0 ? 32 : 31 - Math.clz32(value & -value);
}

function countOnes(value: number): number {
  value -= (value >>> 1) & 0x55555555;
  value = (value & 0x33333333) + ((value >>> 2) & 0x33333333);
  return Math.imul((value + (value >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function shiftLeft(s: Int32Array, x: number, by: number): number {
  if (by >= 32) {
    s[x + 1] = s[x] << (by - 32);
    s[x] = 0;
  } else if (by > 0) {
    s[x + 1] = (s[x + 1] << by) | (s[x] >>> (32 - by));
    s[x] <<= by;
  }
  return Trap.none;
}

/** `fill` is what comes in from the left: 0 or -1. */
function shiftRight(s: Int32Array, x: number, by: number, fill: number): number {
  if (by >= 32) {
    s[x] = by === 32 ? s[x + 1] : (s[x + 1] >>> (by - 32)) | (fill << (64 - by));
    s[x + 1] = fill;
  } else if (by > 0) {
    s[x] = (s[x] >>> by) | (s[x + 1] << (32 - by));
    s[x + 1] = (s[x + 1] >>> by) | (fill << (32 - by));
  }
  return Trap.none;
}

function rotateLeft(s: Int32Array, x: number, by: number): number {
  const [a, b] = by >= 32 ? [s[x + 1], s[x]] : [s[x], s[x + 1]];
  const rest = by & 31;
  s[x] = rest === 0 ? a : (a << rest) | (b >>> (32 - rest));
  s[x + 1] = rest === 0 ? b : (b << rest) | (a >>> (32 - rest));
  return Trap.none;
}

/** The low 64 bits of the product: 16-bit limbs for the low halves, `imul` for what only reaches the high half. */
function multiply(s: Int32Array, x: number): number {
  const [a, b] = [s[x], s[x + 2]];
  const cross = Math.imul(s[x + 1], b) + Math.imul(a, s[x + 3]);
  s[x] = Math.imul(a, b);
  s[x + 1] = (highProduct(a, b) + cross) | 0;
  return Trap.none;
}

/** The high 32 bits of the product of two unsigned 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536)) | 0;
}

function divideUnsigned(s: Int32Array, x: number): number {
  if ((s[x + 2] | s[x + 3]) === 0) return Trap.divideByZero;
  divide(s[x], s[x + 1], s[x + 2], s[x + 3]);
  return setPair(s, x, quotient.low, quotient.high);
}

function remainderUnsigned(s: Int32Array, x: number): number {
  if ((s[x + 2] | s[x + 3]) === 0) return Trap.divideByZero;
  divide(s[x], s[x + 1], s[x + 2], s[x + 3]);
  return setPair(s, x, remainder.low, remainder.high);
}

function divideSigned(s: Int32Array, x: number): number {
  if ((s[x + 2] | s[x + 3]) === 0) return Trap.divideByZero;
  if (s[x] === 0 && s[x + 1] === -0x80000000 && (s[x + 2] & s[x + 3]) === -1) return Trap.overflow;
  const negative = (s[x + 1] ^ s[x + 3]) < 0;
  divideMagnitudes(s, x);
  setPair(s, x, quotient.low, quotient.high);
  return negative ? negate(s, x) : Trap.none;
}

function remainderSigned(s: Int32Array, x: number): number {
  if ((s[x + 2] | s[x + 3]) === 0) return Trap.divideByZero;
  const negative = s[x + 1] < 0;
  divideMagnitudes(s, x);
  setPair(s, x, remainder.low, remainder.high);
  return negative ? negate(s, x) : Trap.none;
}

/** Divides the absolute values; leaves the operands as they are, since a stale slot is part of the state. */
function divideMagnitudes(s: Int32Array, x: number): void {
  const [a0, a1] = magnitude(s[x], s[x + 1]);
  const [b0, b1] = magnitude(s[x + 2], s[x + 3]);
  divide(a0, a1, b0, b1);
}

function magnitude(low: number, high: number): [number, number] {
  return high >= 0 ? [low, high] : [-low | 0, (low === 0 ? -high : ~high) | 0];
}

function negate(s: Int32Array, x: number): number {
  const [lowHalf, highHalf] = [s[x], s[x + 1]];
  return setPair(s, x, -lowHalf | 0, (lowHalf === 0 ? -highHalf : ~highHalf) | 0);
}

function setPair(s: Int32Array, x: number, lowHalf: number, highHalf: number): number {
  s[x] = lowHalf;
  s[x + 1] = highHalf;
  return Trap.none;
}

const quotient = { low: 0, high: 0 };
const remainder = { low: 0, high: 0 };

/** Unsigned division of 64-bit numbers given as halves; leaves its results in `quotient` and `remainder`. */
function divide(a0: number, a1: number, b0: number, b1: number): void {
  const [aHigh, bHigh] = [a1 >>> 0, b1 >>> 0];
  if (aHigh < 0x200000 && bHigh < 0x200000)
    return divideExact(aHigh * 2 ** 32 + (a0 >>> 0), bHigh * 2 ** 32 + (b0 >>> 0));
  let [q0, q1, r0, r1] = [0, 0, 0, 0];
  for (let bit = 63; bit >= 0; bit--) {
    const carry = r1 < 0;
    r1 = (r1 << 1) | (r0 >>> 31);
    r0 = (r0 << 1) | (bit >= 32 ? (a1 >>> (bit - 32)) & 1 : (a0 >>> bit) & 1);
    const fits = carry || (r1 === b1 ? r0 >>> 0 >= b0 >>> 0 : r1 >>> 0 > bHigh);
    if (!fits) continue;
    const borrow = r0 >>> 0 < b0 >>> 0 ? 1 : 0;
    r0 = (r0 - b0) | 0;
    r1 = (r1 - b1 - borrow) | 0;
    if (bit >= 32) q1 |= 1 << (bit - 32);
    else q0 |= 1 << bit;
  }
  quotient.low = q0;
  quotient.high = q1;
  remainder.low = r0;
  remainder.high = r1;
}

/** Below `2^53` the engine's remainder is exact, and so is the quotient of what is left. */
function divideExact(a: number, b: number): void {
  const rest = a % b;
  const times = (a - rest) / b;
  quotient.low = times | 0;
  quotient.high = (times / 2 ** 32) | 0;
  remainder.low = rest | 0;
  remainder.high = (rest / 2 ** 32) | 0;
}
