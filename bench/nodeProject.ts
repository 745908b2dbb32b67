import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { NodeProcess } from "../plugin/testing/nodeProcess.js";
import type { NodeClient } from "../plugin/service/nodeClient.js";
import type { ServiceStatus } from "../plugin/service/serviceStatus.js";

const HARDHAT = join(PACKAGE_ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
const CONFIG = fileURLToPath(new URL("nodeProject.config.js", import.meta.url));

/** The chain and the network, as `nodeProject.config.js` calls them. */
export const BENCHED = "benched";
const POLL = 50;

/** How long a node took, in seconds. */
export interface Followed {
  /** From the command to where its server listens. */
  readonly started: number;
  /** From there to where all inputs are executed. */
  readonly followed: number;
  /** What the process has of the machine's memory then, in bytes. */
  readonly memory: number;
}

/** A node as a user starts it: Hardhat's command line with the plugin as it is built. */
export class BenchedNode {
  private constructor(
    private readonly process: NodeProcess,
    public readonly client: NodeClient,
    public readonly started: number,
  ) {}

  /** @param folder Where the deployment is, and the node's files. @param file Of the node. */
  public static async start(url: string, folder: string, roles: string, file: string): Promise<BenchedNode> {
    const begun = performance.now();
    const args = ["--config", CONFIG, "--network", BENCHED, "rollup:node", "--roles", roles, "--json"];
    const process = new NodeProcess({
      command: [globalThis.process.execPath, HARDHAT, ...args, "--database", join(folder, file)],
      directory: PACKAGE_ROOT,
      environment: { ...ownEnvironment(), BENCH_URL: url, BENCH_DEPLOYMENTS: folder },
    });
    const client = await process.listening;
    if (client === undefined) throw new Error(`the node has not started: ${process.written}`);
    return new BenchedNode(process, client, secondsSince(begun));
  }

  /** Starts a node on a file, waits until it has executed so many inputs, and stops it. */
  public static async follow(url: string, folder: string, file: string, inputs: number): Promise<Followed> {
    const node = await BenchedNode.start(url, folder, "none", file);
    const begun = performance.now();
    await node.until(({ executed }) => executed >= inputs);
    const followed = secondsSince(begun);
    const memory = await node.memory();
    await node.stop();
    return { started: node.started, followed, memory };
  }

  public status(): Promise<ServiceStatus> {
    return this.client.get<ServiceStatus>("/v1/status");
  }

  public async until(isSo: (status: ServiceStatus) => boolean): Promise<ServiceStatus> {
    for (;;) {
      const status = await this.status();
      if (isSo(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
  }

  /** What the process has of the machine's memory, in bytes. */
  public async memory(): Promise<number> {
    const text = await (await fetch(`${this.client.url}/metrics`)).text();
    const value = /^rollup_resident_bytes\S* (\S+)$/m.exec(text)?.[1];
    if (value === undefined) throw new Error("the node does not tell its memory");
    return Number(value);
  }

  public async stop(): Promise<void> {
    const { status, log } = await this.process.stop();
    if (status !== 0) throw new Error(`the node's process ended with ${String(status)}: ${log}`);
  }
}

/** Seconds since a time of `performance.now`. */
export function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}

/** Without what this process was started with for itself. */
function ownEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|HH_|NODE_OPTIONS)/.test(name)));
}
