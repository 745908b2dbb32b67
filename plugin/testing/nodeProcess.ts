import { spawn, type ChildProcess } from "node:child_process";

import { KILL_POINT_VARIABLE, POINTS_FILE_VARIABLE } from "../l1/killPoints.js";
import { NodeClient } from "../service/nodeClient.js";

/** How a node's process is started. */
export interface NodeProcessOptions {
  /** The command, e.g. `process.execPath`, and its arguments: Hardhat's CLI with `rollup:node` and `--json`. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Points at which it kills itself, whichever comes first: `<point>`, or `<point>:<n>` for the n-th time, with commas between them. */
  readonly killAt?: string;
  /** Where it writes down which points it reaches. */
  readonly pointsFile?: string;
}

/** How a process ended. */
export interface NodeEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to standard error. */
  readonly log: string;
}

/** So much of what a process writes is remembered. */
const LOG_KEPT = 20_000;

/** A node in a process of its own, to be killed and started again. */
export class NodeProcess {
  /** When it has ended, however it did. */
  public readonly ended: Promise<NodeEnd>;
  /** Its server's address, once it listens; undefined if it ended before. */
  public readonly listening: Promise<NodeClient | undefined>;
  private readonly child: ChildProcess;
  private log = "";

  public constructor({ command, directory, environment, killAt, pointsFile }: NodeProcessOptions) {
    const [program, ...args] = command;
    const env = { ...environment, [KILL_POINT_VARIABLE]: killAt, [POINTS_FILE_VARIABLE]: pointsFile };
    this.child = spawn(program, args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stderr?.on("data", (data: Buffer) => {
      this.log = (this.log + data.toString()).slice(-LOG_KEPT);
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (status, signal) => resolve({ status, signal, log: this.log }));
    });
    this.listening = Promise.race([addressOf(this.child), this.ended.then(() => undefined)]);
  }

  /** What it wrote to standard error, the last of it. */
  public get written(): string {
    return this.log;
  }

  /** As by `kill -9`: nothing is ended in order. */
  public kill(): Promise<NodeEnd> {
    this.child.kill("SIGKILL");
    return this.ended;
  }

  /** Asks it to end in order. */
  public stop(signal: NodeJS.Signals = "SIGTERM"): Promise<NodeEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** The first thing that a node writes to standard output is one JSON value, with its address. */
function addressOf(child: ChildProcess): Promise<NodeClient> {
  let text = "";
  return new Promise((resolve) => {
    child.stdout?.on("data", (data: Buffer) => {
      text += data.toString();
      try {
        resolve(new NodeClient((JSON.parse(text) as { readonly url: string }).url));
      } catch {
        // It is not all there yet.
      }
    });
  });
}
