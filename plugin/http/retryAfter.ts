/** Nobody waits longer for a server that wants to be left alone, in milliseconds. */
const LONGEST = 120_000;

/** When a server wants to be asked again, in milliseconds from now, as its `Retry-After` says: seconds, or a date; undefined if it does not. */
export function retryAfter({ headers }: Pick<Response, "headers">, now = Date.now()): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST);
}
