import { readFileSync } from "node:fs";

import type { NodeClient } from "../../../plugin/service/nodeClient.js";
import type { NodeEnd, NodeProcess } from "../../../plugin/testing/nodeProcess.js";
import { countEach, nextKill, type Instant, type KillPlan, type Target } from "./killPlan.js";

/** A kill that came to pass: where the process was, or when it was. */
export type DoneKill = KillAtPoint | KillAtInstant;

interface KillAtPoint {
  readonly target: Target;
}

interface KillAtInstant {
  readonly instant: Instant;
  /** The last point that any process had reached, and how many this one had. */
  readonly behind: string;
  readonly lived: number;
}

/** Starts a node's process. @param killAt Points at which it kills itself. */
export type StartNode = (killAt: string | undefined) => NodeProcess;

/** A node that is killed by plan, and started again at once. */
export class KeptNode {
  /** The kills that came to pass. */
  public readonly kills: DoneKill[] = [];
  /** The server of the process that runs, once it listens. */
  public client: NodeClient | undefined;
  /** What all processes wrote to standard error, the last of each. */
  public log = "";
  private process: NodeProcess | undefined;
  private processes = 0;
  /** How many points were reached before the process that runs. */
  private before = 0;
  private over = false;
  private readonly running: Promise<void>;
  private failure: Error | undefined;

  /** @param record Where the processes write down which points they reach. */
  public constructor(
    private readonly start: StartNode,
    private readonly plan: KillPlan,
    private readonly record: string,
  ) {
    this.running = this.keepRunning().catch((error: Error) => void (this.failure = error));
  }

  /** The points that were reached, in their order. */
  public get points(): string[] {
    return linesOf(this.record);
  }

  /** Those of them that the process has reached that runs. */
  public get own(): string[] {
    return this.points.slice(this.before);
  }

  /** @throws If a process has ended by itself. */
  public requireAlive(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Has the node end in order: one that is killed while it does is started once more. */
  public async end(): Promise<NodeEnd> {
    this.over = true;
    await this.process!.listening;
    const end = await this.process!.stop();
    await this.running;
    if (end.signal !== "SIGKILL") return end;
    this.process = this.start(undefined);
    await this.process.listening;
    return this.process.stop();
  }

  /** Ends whatever runs, and starts nothing any more. */
  public async abandon(): Promise<void> {
    this.over = true;
    await this.process?.kill();
    await this.running;
  }

  private async keepRunning(): Promise<void> {
    while (!this.over) {
      this.before = this.points.length;
      const kill = nextKill(this.plan, countEach(this.points), this.processes++);
      const process = this.start(kill.at);
      this.process = process;
      void process.listening.then((client) => (this.client = client));
      const done = await this.live(process, kill.instant);
      this.client = undefined;
      this.log += process.written;
      if (this.over) return;
      if (done === undefined) throw new Error(`A node has ended by itself:\n${process.written}`);
      this.kills.push(done);
    }
  }

  /** Gives how it was killed; undefined if it was not. */
  private async live(process: NodeProcess, instant: Instant | undefined): Promise<DoneKill | undefined> {
    let due = false;
    const timers = instant && [
      setTimeout(() => {
        if (this.over) return;
        due = true;
        void (instant.leaving === undefined ? process.kill() : process.stop());
      }, instant.after),
      setTimeout(() => void (due && process.kill()), instant.after + (instant.leaving ?? 0)),
    ];
    const { signal } = await process.ended;
    timers?.forEach((timer) => clearTimeout(timer));
    const points = this.points;
    const last = points.at(-1) ?? "the beginning";
    if (due) return { instant: instant!, behind: last, lived: points.length - this.before };
    if (signal !== "SIGKILL") return undefined;
    return { target: { point: last, occurrence: countEach(points).get(last) ?? 0 } };
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch {
    // Nobody has reached any.
    return [];
  }
}
