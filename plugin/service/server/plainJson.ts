/** So many entries of a list are shown. */
export const OUTPUT_LIMIT = 1_000;

/** JSON in which whole numbers are numbers where those are exact, and digits in a string where they may not be: amounts always are. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (_name, nested: unknown) => (typeof nested === "bigint" ? nested.toString() : nested));
}
