import type { NodeEvent } from "../node/events.js";

/** Adds up what a process has spent since it began, in wei. */
export class SpendingTally {
  /** For gas and blob gas. */
  public fees = 0n;

  public take(event: NodeEvent): void {
    if (event.type === "sent") this.fees += event.spent.fee + event.spent.blobFee;
  }
}
