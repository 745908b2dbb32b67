import type { RunningMember } from "../committee/member/memberProcess.js";

/** A committee member's server in a node's process: with its own file, its own port, and a view of the chain that it has executed itself. */
export class MemberBeside {
  private readonly stopping = new AbortController();
  private readonly loop: Promise<void>;

  public constructor(
    private readonly running: RunningMember,
    pollSeconds: number,
  ) {
    this.loop = running.run(pollSeconds, this.stopping.signal);
  }

  /** Ends it after what is under way. */
  public async close(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.running.close();
  }
}
