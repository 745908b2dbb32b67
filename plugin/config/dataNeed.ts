import { ruleWindows } from "../rules/format.js";
import { formatDuration } from "./duration.js";
import type { ChainConfig } from "./types.js";

/** What decides for how long a batch may be needed after it was posted, and what was said about it. */
export interface NeedParts extends Pick<ChainConfig, "rule" | "bank" | "minResponse" | "assertionLag"> {
  /** Of the longest dispute. */
  readonly levels: number;
}

/** For how long that is. */
export interface DataNeed {
  readonly seconds: number;
  /** The sum, for errors. */
  readonly terms: string;
}

/** Somebody asserts a batch at the last moment, and somebody else disputes that at the last moment, for as long as a dispute can last. */
export function dataNeed({ rule, bank, minResponse, assertionLag, levels }: NeedParts): DataNeed {
  const window = Math.max(0, ...ruleWindows(rule));
  const dispute = 2 * bank + (levels - 1) * minResponse;
  const seconds = assertionLag + window + dispute;
  const parts = { assertionLag, window, dispute };
  const terms = Object.entries(parts).map(([name, part]) => `${name} ${formatDuration(part)}`);
  return { seconds, terms: `${terms.join(" + ")} = ${formatDuration(seconds)}` };
}
