import { MissingDataError } from "../errors.js";
import type { Hex } from "../hex.js";

/** One place that was asked for a blob, and what it said. */
export interface Attempt {
  readonly place: string;
  readonly said: string;
}

/** A blob is needed and no place gives it. */
export class BlobMissingError extends MissingDataError {
  constructor(
    /** Its versioned hash. */
    public readonly hash: Hex,
    public readonly attempts: readonly Attempt[],
  ) {
    super("BLOB_MISSING", "A blob that is needed is nowhere to be found.", {
      hash,
      looked: attempts.length > 0 ? list(attempts) : "nowhere: no place is configured",
      do: "add a beacon node that keeps blobs this old to config.rollup.beacons, or copy the file into the archive from a node that has it",
    });
  }
}

function list(attempts: readonly Attempt[]): string {
  return attempts.map(({ place, said }) => `\n    ${place}: ${said}`).join("");
}
