/** How far `lwl` and `swl` move a word at an address, in bits; `lwr` and `swr` by `24` less that. */
export function distance(address: number): number {
  return (address & 3) << 3;
}
