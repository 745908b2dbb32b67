import type { BatchArchive } from "./batchPlace.js";
import type { CommitteeClient } from "./client.js";

/** What it takes to use what a chain's committee keeps and signs. */
export interface CommitteeAccess {
  readonly client: CommitteeClient;
  /** Asked before any member; keeps what is posted and what is found. */
  readonly archive: BatchArchive;
}
