import { pointReached } from "../../l1/killPoints.js";
import type { Challenger } from "../../node/challenger.js";

/** What is told again in every round, and does not keep the rest of a round from being done. */
const HINDRANCES: readonly string[] = ["INSUFFICIENT_FUNDS", "BUDGET_EXCEEDED", "BLOB_MISSING", "HISTORY_UNREADABLE"];

/** Answers every claim, resolves, confirms and collects, round after round. */
export class ChallengerRole {
  /** Why something that has a clock is not done; undefined if all is. */
  public hindrance: Error | undefined;

  public constructor(private readonly challenger: Challenger) {}

  /** What was done may have made something else possible: then the next round comes at once. */
  public async round(): Promise<number | undefined> {
    pointReached("challenger.round");
    try {
      const { actions } = await this.challenger.once();
      this.hindrance = undefined;
      pointReached("challenger.done");
      return actions.length > 0 ? 0 : undefined;
    } catch (error) {
      if (!HINDRANCES.includes((error as { readonly code?: string }).code ?? "")) throw error;
      this.hindrance = error as Error;
      return undefined;
    }
  }
}
