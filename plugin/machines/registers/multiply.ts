/** The high half of the product of two unsigned numbers. */
export function multiplyHigh(x: number, y: number): number {
  const [xLow, xHigh, yLow, yHigh] = [x & 0xffff, x >>> 16, y & 0xffff, y >>> 16];
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16);
  const other = xLow * yHigh + (middle & 0xffff);
  return (xHigh * yHigh + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Of two signed numbers. */
export function multiplyHighSigned(x: number, y: number): number {
  return (multiplyHighMixed(x, y) - (y < 0 ? x : 0)) | 0;
}

/** Of a signed and an unsigned number. */
export function multiplyHighMixed(x: number, y: number): number {
  return (multiplyHigh(x, y) - (x < 0 ? y : 0)) | 0;
}
