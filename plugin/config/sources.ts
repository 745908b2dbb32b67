import { ConfigError, PlannedError, type ConfigIssue } from "../errors.js";
import { ruleWindows } from "../rules/format.js";
import type { SourceUserConfig } from "../sources/builders.js";
import { formatDuration } from "./duration.js";
import { BLOB_LIFETIME } from "./history.js";
import type { ChainConfig, ChainUserConfig, SourceConfig } from "./types.js";

/** Where a chain's batches may be, and what decides how long they are needed. */
export interface SourceParts extends Pick<ChainConfig, "rule" | "bank" | "minResponse" | "assertionLag"> {
  /** What the user wrote. */
  readonly sources: ChainUserConfig["sources"];
  /** The mode's, of which blobs are left out where they would not last. */
  readonly usual: NonNullable<ChainUserConfig["sources"]>;
  /** Of the longest dispute. */
  readonly levels: number;
}

/**
 * A chain's sources.
 * @param path The chain's, for errors.
 * @throws {PlannedError} If one is not built. @throws {ConfigError} If one is there twice, or blobs would be gone before a dispute about them is over.
 */
export function resolveSources(parts: SourceParts, path: string): SourceConfig[] {
  const sources = (parts.sources ?? parts.usual).map((source, index) =>
    builtSource(source, `${path}.sources[${index}]`),
  );
  const twice = sources.findIndex(({ kind }, index) => sources.findIndex((other) => other.kind === kind) < index);
  if (twice >= 0) throw invalid(`${path}.sources[${twice}]`, "each source once", sources[twice]);
  const expired = expiry(parts);
  if (expired === undefined) return sources;
  const place = sources.findIndex(({ kind }) => kind === "blob");
  if (parts.sources === undefined) return sources.filter(({ kind }) => kind !== "blob");
  if (place >= 0) throw invalid(`${path}.sources[${place}]`, ...expired);
  return sources;
}

function builtSource(source: SourceUserConfig | SourceUserConfig["kind"], path: string): SourceConfig {
  const kind = typeof source === "string" ? source : source.kind;
  if (kind === "calldata" || kind === "blob") return { kind };
  throw new PlannedError(path, `${kind} source`, "use calldata() or blob()");
}

/** Whoever joins at the last moment must still find every batch: what is expected and what is given, where blobs would be gone by then. */
function expiry({ rule, bank, minResponse, assertionLag, levels }: SourceParts): [string, string] | undefined {
  const window = Math.max(0, ...ruleWindows(rule));
  const dispute = 2 * bank + (levels - 1) * minResponse;
  const sum = assertionLag + window + dispute;
  if (sum <= BLOB_LIFETIME) return undefined;
  const terms = `assertionLag ${formatDuration(assertionLag)} + window ${formatDuration(window)} + dispute ${formatDuration(dispute)}`;
  return [
    `with blobs, which are gone after ${formatDuration(BLOB_LIFETIME)}, a shorter sum of assertionLag, longest window and 2 * bank + ${levels - 1} * minResponse`,
    `${terms} = ${formatDuration(sum)}`,
  ];
}

function invalid(path: string, expected: string, given: unknown): ConfigError {
  const issue: ConfigIssue = { path, expected, given };
  return new ConfigError([issue]);
}
