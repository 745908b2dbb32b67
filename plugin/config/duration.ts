const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** What an error says was expected where a duration is. */
export const DURATION_EXPECTED = 'a duration above 0, such as "7d", "1h", "90s", or a whole number of seconds';

/**
 * Seconds in a duration: a positive whole number of seconds, or such a number and a unit (`s`, `m`, `h`, `d`, `w`).
 * @returns undefined if it is not one.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return isDuration(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  const match = /^(\d+)([smhdw])$/.exec(value);
  if (match === null) return undefined;
  const seconds = Number(match[1]) * SECONDS[match[2]];
  return isDuration(seconds) ? seconds : undefined;
}

/** Seconds as a person writes them: `7d`, `1h 30m`, `90s` as `1m 30s`. */
export function formatDuration(seconds: number): string {
  if (seconds <= 0) return "0s";
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const unit of ["d", "h", "m", "s"]) {
    const count = Math.floor(rest / SECONDS[unit]);
    rest %= SECONDS[unit];
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join(" ");
}

/** A century is longer than any clock needs, and still far from what overflows on chain. */
function isDuration(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds > 0 && seconds <= 100 * 365 * SECONDS.d;
}
