import { contractErrors } from "../artifacts.js";
import { RollupError } from "../errors.js";

/** A transaction that the settlement layer would refuse. */
export class RevertedError extends RollupError {
  /** @param reason The contract's custom error, or the words that the node gave. */
  public constructor(
    public readonly action: string,
    public readonly reason: string,
    cause: Error,
  ) {
    super("REVERTED", `The settlement layer refuses: ${action}.`, { reason }, cause);
  }
}

/** The contract's custom error with its arguments, as text; the node's own words if there is none. */
export async function explainRevert(error: unknown): Promise<string> {
  const data = revertData(error);
  const parsed = data === undefined ? null : (await contractErrors()).parseError(data);
  if (parsed) return `${parsed.name}(${parsed.args.map(String).join(", ")})`;
  return error instanceof Error ? error.message : String(error);
}

/** True if a contract refused a transaction, be it before or after it was mined; false if it could not be sent. */
export function isRevert(error: unknown): boolean {
  return revertData(error) !== undefined || (error as { readonly code?: unknown } | null)?.code === "CALL_EXCEPTION";
}

/** Looks for revert data where the many kinds of providers put it. */
function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  if ("data" in error && typeof error.data === "string" && /^0x[0-9a-f]{8}/i.test(error.data)) return error.data;
  for (const key of ["data", "error", "info", "cause"] as const) {
    const found = key in error ? revertData((error as Record<string, unknown>)[key], depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
