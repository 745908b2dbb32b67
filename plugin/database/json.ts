/** JSON that keeps bigints what they are. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_name, nested: unknown) =>
    typeof nested === "bigint" ? { integer: nested.toString() } : nested,
  );
}

/** What `encodeJson` was given; who wrote it knows what it is. */
export function decodeJson<Value>(text: string): Value {
  return JSON.parse(text, (_name, nested: unknown) => (isInteger(nested) ? BigInt(nested.integer) : nested)) as Value;
}

function isInteger(value: unknown): value is { readonly integer: string } {
  return typeof value === "object" && value !== null && "integer" in value && Object.keys(value).length === 1;
}
