import { HISTORY_WIDTHS, type HistoryKind } from "../dispute/historyKind.js";
import { ConfigError } from "../errors.js";
import type { ConfigIssue } from "../errors.js";
import { defaultBonds, resolveBonds } from "./bonds.js";
import { formatDuration } from "./duration.js";
import type { BondsUserConfig, ChainConfig, HistoryConfig } from "./types.js";

/** How long a blob is surely to be had from the network, in seconds: 4096 epochs are 18.2 days. */
export const BLOB_LIFETIME = 18 * 86_400;

/** What decides how a chain's disputes name states. */
export interface HistoryParts extends Pick<ChainConfig, "inputBits" | "stepBits" | "bank" | "minResponse"> {
  /** What the user wrote; `auto` takes blobs where that is possible. */
  readonly history: string | undefined;
  readonly bonds: BondsUserConfig | undefined;
}

/**
 * The histories of a chain's claims, with the bonds of their levels, and what takes their place where there are no blobs.
 * @param path The chain's, for errors.
 * @throws {ConfigError} If the bits are no multiples of the width, the bonds are of other levels, or blobs would expire in a dispute.
 */
export function resolveHistory(parts: HistoryParts, path: string): HistoryConfig & Pick<ChainConfig, "fallback"> {
  const { history = "auto" } = parts;
  if (history === "calldata" || history === "blob") {
    return { ...requireHistory(history, parts, path), fallback: undefined };
  }
  if (history !== "auto") {
    throw new ConfigError([{ path: `${path}.history`, expected: '"auto", "blob" or "calldata"', given: history }]);
  }
  const [inBlobs, inCalldata] = (["blob", "calldata"] as const).map((kind) => possible(kind, parts, path));
  if (inBlobs !== undefined) return { ...inBlobs, fallback: inCalldata };
  return { ...requireHistory("calldata", parts, path), fallback: undefined };
}

/** @throws {ConfigError} If a chain cannot have such histories. */
function requireHistory(history: HistoryKind, parts: HistoryParts, path: string): HistoryConfig {
  const width = HISTORY_WIDTHS[history];
  const { inputBits, stepBits, bonds } = parts;
  const expected = `a multiple of ${width}, the width of the chain's histories`;
  const issues: ConfigIssue[] = [];
  for (const [key, given] of Object.entries({ inputBits, stepBits })) {
    if (given % width !== 0) issues.push({ path: `${path}.${key}`, expected, given });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  const levels = (inputBits + stepBits) / width;
  if (history === "blob") requireLifetime(parts, levels, path);
  return { history, bonds: resolveBonds(bonds, defaultBonds(levels), `${path}.bonds`) };
}

function possible(history: HistoryKind, parts: HistoryParts, path: string): HistoryConfig | undefined {
  try {
    return requireHistory(history, parts, path);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Whoever joins a dispute late must still find every blob of it. */
function requireLifetime({ bank, minResponse }: HistoryParts, levels: number, path: string): void {
  const bound = 2 * bank + (levels - 1) * minResponse;
  if (bound <= BLOB_LIFETIME) return;
  const sum = `2 * bank + ${levels - 1} * minResponse`;
  const expected = `with blob histories ${sum} of at most ${formatDuration(BLOB_LIFETIME)}, after which blobs are gone`;
  throw new ConfigError([{ path: `${path}.bank`, expected, given: `${formatDuration(bound)} in all` }]);
}
