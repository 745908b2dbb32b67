import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { NodeClient } from "../../plugin/service/nodeClient.js";
import { userEnvironment } from "../helpers/environment.js";
import { killAtExit } from "../helpers/killAtExit.js";

/** So much of what a process writes is remembered. */
const LOG_KEPT = 8_000;
/** A process that ends by itself is started again, as by a supervisor of services. */
const RESTART_MILLISECONDS = 500;

/** Somebody in a process of its own, which is killed and started again; it knows what its folder holds. */
export class Actor {
  /** How often it was killed, and how often it ended by itself. */
  public kills = 0;
  public deaths = 0;
  private child: ChildProcess | undefined;
  private client: NodeClient | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private wanted = false;
  private log = "";
  private readonly file: WriteStream;

  /** @param path Where all that it writes to standard error goes. */
  public constructor(
    public readonly name: string,
    private readonly args: readonly string[],
    private readonly variables: Readonly<Record<string, string>>,
    path: string,
    private readonly onDeath: (line: string) => void,
  ) {
    this.file = createWriteStream(path);
  }

  /** Its server, once it listens. */
  public get server(): NodeClient | undefined {
    return this.client;
  }

  /** The last of what it wrote. */
  public get written(): string {
    return this.log;
  }

  public start(): void {
    this.wanted = true;
    const env = { ...userEnvironment(), ...this.variables };
    const child = spawn(process.execPath, this.args, { cwd: PACKAGE_ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    killAtExit(child);
    let told = "";
    child.stdout.on("data", (data: Buffer) => {
      told += data.toString();
      this.client ??= clientIn(told);
    });
    child.stderr.on("data", (data: Buffer) => {
      this.log = (this.log + data.toString()).slice(-LOG_KEPT);
      this.file.write(data);
    });
    this.ended = new Promise((resolve) => child.once("close", resolve)).then(() => this.onEnd(child));
  }

  /** As by `kill -9`, and starts it again after a while. */
  public async kill(restartAfter: number): Promise<void> {
    this.kills += 1;
    this.wanted = false;
    this.child?.kill("SIGKILL");
    await this.ended;
    await sleep(restartAfter);
    this.start();
  }

  /** For good. */
  public async stop(): Promise<void> {
    this.wanted = false;
    this.child?.kill("SIGKILL");
    await this.ended;
  }

  private async onEnd(child: ChildProcess): Promise<void> {
    if (this.child === child) this.client = undefined;
    if (!this.wanted) return;
    this.deaths += 1;
    this.onDeath(`${this.name} ended by itself: ${lastLine(this.log)}`);
    await sleep(RESTART_MILLISECONDS);
    if (this.wanted) this.start();
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").slice(-4).join(" | ");
}

/** The first thing that a node writes to standard output is one JSON value, with its address. */
function clientIn(text: string): NodeClient | undefined {
  try {
    return new NodeClient((JSON.parse(text) as { readonly url: string }).url);
  } catch {
    return undefined;
  }
}
