/** The number with its four bytes in the opposite order. */
export function swap(value: number): number {
  const halves = ((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff);
  return (halves << 16) | (halves >>> 16);
}

/** How far `lwl` and `swl` move a word at an address, in bits; `lwr` and `swr` by `24` less that. */
export function distance(address: number): number {
  return (address & 3) << 3;
}
