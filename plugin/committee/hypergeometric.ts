/** A probability, exactly. */
export interface Chance {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What a draw is made from, and what it should hold. */
export interface Draw {
  /** How many members may be drawn. */
  readonly pool: number;
  /** How many of them are honest. */
  readonly honest: number;
  /** How many are drawn. */
  readonly size: number;
}

/**
 * How likely a random committee holds fewer than `needed` honest members: the sum of C(honest, k) * C(pool - honest, size - k) / C(pool, size) over
 * k below `needed`. In lowest terms.
 */
export function chanceOfFewer({ pool, honest, size }: Draw, needed: number): Chance {
  let ways = 0n;
  for (let count = 0; count < needed && count <= size; count++) {
    ways += choose(honest, count) * choose(pool - honest, size - count);
  }
  const all = choose(pool, size);
  const divisor = greatestDivisor(ways, all);
  return { numerator: ways / divisor, denominator: all / divisor };
}

/** The nearest number; 0 for what is below 10^-250. */
export function chanceToNumber({ numerator, denominator }: Chance): number {
  const bits = 900;
  return Number((numerator << BigInt(bits)) / denominator) * 2 ** -bits;
}

/** As people read it: `never`, `1 in 3.4e12`, `2.5%`. */
export function formatChance(chance: Chance): string {
  if (chance.numerator === 0n) return "never";
  const value = chanceToNumber(chance);
  if (value >= 0.001) return `${Number((100 * value).toPrecision(3))}%`;
  return `1 in ${(1 / value).toPrecision(3).replace("e+", "e")}`;
}

/** In how many ways `taken` of `count` can be chosen. */
function choose(count: number, taken: number): bigint {
  if (taken < 0 || taken > count) return 0n;
  let ways = 1n;
  for (let at = 1; at <= taken; at++) ways = (ways * BigInt(count - taken + at)) / BigInt(at);
  return ways;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
