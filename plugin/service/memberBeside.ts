import type { BatchArchive } from "../committee/batchPlace.js";
import type { RunningMember } from "../committee/member/memberProcess.js";
import type { Hex } from "../hex.js";

/** A committee member's server in a node's process: with a file and a port of its own, and the node's view of the chain, which this process has executed itself. */
export class MemberBeside {
  public constructor(private readonly running: RunningMember) {}

  public get address(): Hex {
    return this.running.address;
  }

  public get url(): string {
    return this.running.url;
  }

  /** How many statements it has signed, ever. */
  public get signatures(): number {
    return this.running.member.signatures;
  }

  /** One look at what it serves. */
  public async round(): Promise<undefined> {
    await this.running.member.keepUp();
  }

  /** Ends it after what is under way. */
  public close(): Promise<void> {
    return this.running.close();
  }
}

/** The project's archive of batches, and a member's own in front of it once there is one. */
export class SharedArchive implements BatchArchive {
  public readonly name = "this process";
  private own: BatchArchive | undefined;

  public constructor(private readonly project: BatchArchive) {}

  public putFirst(own: BatchArchive): void {
    this.own = own;
  }

  public async get(root: Hex, length: bigint, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return (await this.own?.get(root, length, signal)) ?? this.project.get(root, length, signal);
  }

  public async keep(root: Hex, data: Uint8Array, expiry: bigint): Promise<void> {
    await this.own?.keep(root, data, expiry);
    await this.project.keep(root, data, expiry);
  }
}
