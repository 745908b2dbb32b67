import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";

import { userEnvironment } from "./environment.js";
import { killAtExit } from "./killAtExit.js";

const READY = /Listening on (127\.0\.0\.1:\d+)/;
const START_TIMEOUT = 20_000;

/** Where Anvil's binary is for this machine; npm installs the one that fits. */
function binaryPath(): string {
  const machine = `${process.platform}-${process.arch}`.replace("x64", "amd64");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${machine}/bin/anvil${suffix}`);
}

/** Why Anvil cannot be run here; undefined if it can. */
export function anvilMissing(): string | undefined {
  try {
    const { status, error } = spawnSync(binaryPath(), ["--version"], { env: userEnvironment() });
    return status === 0 ? undefined : `its binary does not start: ${error?.message ?? `status ${status}`}`;
  } catch (error) {
    return `it is not installed for this machine: ${(error as Error).message.split("\n")[0]}`;
  }
}

/** An Anvil of our own, with a chain that begins anew. */
export class Anvil {
  private constructor(
    private readonly child: ChildProcess,
    public readonly url: string,
  ) {}

  /** Starts it on a free port. */
  public static async start(): Promise<Anvil> {
    const options = ["--port", "0", "--hardfork", "osaka", "--gas-limit", "60000000"];
    const child = spawn(binaryPath(), options, { env: userEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    killAtExit(child);
    try {
      return new Anvil(child, `http://${await listeningAddress(child)}`);
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  /** Resolves when it has ended. */
  public async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill();
    await ended;
  }
}

function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = "";
    const fail = (): void => reject(new Error(`Anvil did not start: ${told}`));
    const timer = setTimeout(fail, START_TIMEOUT);
    const listen = (data: Buffer): void => {
      told += data.toString();
      const address = READY.exec(told)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("error", reject).once("exit", fail);
  });
}
