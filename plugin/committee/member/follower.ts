import { setTimeout } from "node:timers/promises";

import type { RollupNode } from "../../node/node.js";

/**
 * Keeps a member's node of one chain at the head of L1, one look at a time however many ask for it. Execution may take long: who asks
 * waits for a while and then takes what is there.
 */
export class Follower {
  /** Why the last look failed; undefined if it did not. */
  public failure: Error | undefined;
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  public constructor(public readonly node: RollupNode) {}

  /** Looks at L1 and executes what is new, for at most `milliseconds`; it goes on after that. */
  public async follow(milliseconds: number): Promise<void> {
    const waiting = new AbortController();
    const timeout = setTimeout(milliseconds, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.look(), timeout]);
    waiting.abort();
  }

  /** Waits until nothing runs any more. */
  public async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** A look that runs already may have missed what is new: another one follows it, which all share who come meanwhile. */
  private look(): Promise<void> {
    if (this.running === undefined) return (this.running = this.run());
    this.queued ??= this.running.then(() => {
      this.queued = undefined;
      return (this.running = this.run());
    });
    return this.queued;
  }

  private async run(): Promise<void> {
    try {
      await this.node.sync();
      this.failure = undefined;
    } catch (error) {
      this.failure = error as Error;
    } finally {
      this.running = undefined;
    }
  }
}
