/** What common providers say of a query that asks for too many blocks. */
const TOO_MANY_BLOCKS = [
  /block range/i,
  /range (is )?too (large|wide|big)/i,
  /ranges? (over|exceeds?|above|larger)/i,
  /limited to (a |0 - )?[\d,]+ (blocks? )?range/i,
  /(max(imum)?|exceeds?)( \w+)? range/i,
  /up to a [\dkm,]+ block/i,
];
/** What they say of one that gives too much. */
const TOO_MANY_RESULTS = [
  /more than [\d,]+ (results|logs)/i,
  /too many (results|logs)/i,
  /exceeds? max results/i,
  /response size (is too|exceeded|should not)/i,
  /response (is )?too (large|big)/i,
  /query timeout exceeded/i,
];
const RATE = /rate limit|too many requests|requests per second|compute units/i;
const SUGGESTED = /\[\s*(0x[0-9a-f]+)\s*,\s*(0x[0-9a-f]+)\s*\]|range (\d+)-(\d+)/i;

/** Why a provider does not answer a query for logs. */
export interface RangeRefusal {
  /** "blocks": no query may be as long. "results": this one would give too much. */
  readonly limit: "blocks" | "results";
  /** How many blocks it says would do. */
  readonly suggested: number | undefined;
}

/** Whether an error says that a query for logs should ask for less; undefined if it says anything else. */
export function rangeRefusal(error: unknown): RangeRefusal | undefined {
  const said = messagesOf(error).filter((message) => !RATE.test(message));
  const results = said.some((message) => TOO_MANY_RESULTS.some((pattern) => pattern.test(message)));
  const blocks = said.some((message) => TOO_MANY_BLOCKS.some((pattern) => pattern.test(message)));
  if (!results && !blocks) return undefined;
  return { limit: results ? "results" : "blocks", suggested: suggestedIn(said) };
}

function suggestedIn(said: readonly string[]): number | undefined {
  for (const message of said) {
    const [, fromHex, toHex, from, to] = SUGGESTED.exec(message) ?? [];
    const count = Number(toHex ?? to) - Number(fromHex ?? from) + 1;
    if (count >= 1) return count;
  }
  return undefined;
}

/** Every message in an error and in what it wraps, wherever libraries put it. */
export function messagesOf(error: unknown, depth = 0): string[] {
  if (typeof error === "string") return [error];
  if (typeof error !== "object" || error === null || depth > 5) return [];
  const found = "message" in error && typeof error.message === "string" ? [error.message] : [];
  for (const key of ["error", "info", "cause", "data", "shortMessage"] as const) {
    if (key in error) found.push(...messagesOf((error as Record<string, unknown>)[key], depth + 1));
  }
  return found;
}
