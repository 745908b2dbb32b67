import { ConfigError, PlannedError, type ConfigIssue } from "../errors.js";
import type { SourceUserConfig } from "../sources/builders.js";
import { findCommittee, quorumOf, retentionOf, type Committees } from "./committees.js";
import type { DataNeed } from "./dataNeed.js";
import { formatDuration } from "./duration.js";
import { BLOB_LIFETIME } from "./history.js";
import type { ChainUserConfig, SourceConfig } from "./types.js";

/** Where a chain's batches may be, and how long they are needed. */
export interface SourceParts {
  /** The chain's. */
  readonly name: string;
  /** What the user wrote. */
  readonly sources: ChainUserConfig["sources"];
  /** The mode's, of which blobs are left out where they would not last. */
  readonly usual: NonNullable<ChainUserConfig["sources"]>;
  readonly need: DataNeed;
  /** `(levels - 1)` of the longest dispute, for errors. */
  readonly answers: number;
  readonly committees: Committees;
}

/**
 * A chain's sources.
 * @param path The chain's, for errors.
 * @throws {PlannedError} If one is not built. @throws {ConfigError} If one is there twice, names no committee, or batches would be gone before a
 * dispute about them is over.
 */
export function resolveSources(parts: SourceParts, path: string): SourceConfig[] {
  const { need, answers } = parts;
  const sources = (parts.sources ?? parts.usual).map((source, index) =>
    builtSource(source, parts, `${path}.sources[${index}]`),
  );
  const twice = sources.findIndex(({ kind }, index) => sources.findIndex((other) => other.kind === kind) < index);
  if (twice >= 0) throw invalid(`${path}.sources[${twice}]`, "each source once", sources[twice]);
  if (need.seconds <= BLOB_LIFETIME) return sources;
  if (parts.sources === undefined) return sources.filter(({ kind }) => kind !== "blob");
  const place = sources.findIndex(({ kind }) => kind === "blob");
  if (place < 0) return sources;
  const shorter = `a shorter sum of assertionLag, longest window and 2 * bank + ${answers} * minResponse`;
  const expected = `with blobs, which are gone after ${formatDuration(BLOB_LIFETIME)}, ${shorter}`;
  throw invalid(`${path}.sources[${place}]`, expected, need.terms);
}

function builtSource(
  source: SourceUserConfig | SourceUserConfig["kind"],
  { committees, need, name }: SourceParts,
  path: string,
): SourceConfig {
  const kind = typeof source === "string" ? source : source.kind;
  if (kind === "calldata" || kind === "blob") return { kind };
  if (typeof source === "string" || source.kind !== "committee") {
    throw new PlannedError(path, `${kind} source`, "use calldata(), blob() or committee(name)");
  }
  const committee = findCommittee(committees, source.committee, `${path}.committee`);
  return { ...source, quorum: quorumOf(committee), retention: retentionOf(committee, need, name) };
}

function invalid(path: string, expected: string, given: unknown): ConfigError {
  const issue: ConfigIssue = { path, expected, given };
  return new ConfigError([issue]);
}
