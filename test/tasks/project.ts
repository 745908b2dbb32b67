import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import hre from "hardhat";
import type { JsonRpcServer, NetworkConnection } from "hardhat/types/network";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import type { NodeProcessOptions } from "../../plugin/testing/nodeProcess.js";
import { userEnvironment } from "../helpers/environment.js";

const HARDHAT = join(PACKAGE_ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
const CONFIG = join(PACKAGE_ROOT, "test", "tasks", "project.config.ts");

/** How a command ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project with a node of its own; every command is a process of its own, as a user's are. */
export class Project {
  private server: JsonRpcServer | undefined;
  private constructor(
    public readonly deployments: string,
    private readonly config: string,
    private url: string,
  ) {}

  /** @param config The file of its configuration, which reads `TEST_NODE_URL` and `TEST_DEPLOYMENTS`. */
  public static async create(config = CONFIG): Promise<Project> {
    const project = new Project(join(await mkdtemp(join(tmpdir(), "rollup-tasks-")), "deployments"), config, "");
    await project.restartNode();
    return project;
  }

  /** Ends the node, if one runs, and starts another that knows nothing. */
  public async restartNode(): Promise<void> {
    await this.stopNode();
    this.server = await hre.network.createServer({ network: "default" }, "127.0.0.1", 0);
    const { address, port } = await this.server.listen();
    this.url = `http://${address}:${port}`;
  }

  /** Where the node listens. */
  public get nodeUrl(): string {
    return this.url;
  }

  public async stopNode(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  public async close(): Promise<void> {
    await this.stopNode();
    // The archive of blobs is beside the deployments.
    await rm(dirname(this.deployments), { recursive: true, force: true });
  }

  /**
   * Runs a command, e.g. `rollup:deploy --chain ledger`.
   * @param variables Of its environment: `TEST_GUEST` changes the ledger chain's guest.
   */
  public run(command: string, network = "devnode", variables: Record<string, string> = {}): Promise<Ended> {
    // Without npx, which takes a third of the time that most commands do.
    const args = [HARDHAT, ...this.commandLine(command, network)];
    const options = { cwd: PACKAGE_ROOT, env: this.environment(variables) };
    return new Promise((resolve) => {
      execFile(process.execPath, args, options, (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, stdout, stderr });
      });
    });
  }

  /** Starts a command that runs until it is ended; signals reach it itself. */
  public spawn(command: string, network = "devnode", variables: Record<string, string> = {}): ChildProcess {
    const args = [HARDHAT, ...this.commandLine(command, network)];
    return spawn(process.execPath, args, { cwd: PACKAGE_ROOT, env: this.environment(variables), stdio: "pipe" });
  }

  /**
   * How `rollup:node` is started as a process.
   * @param killAt Points at which it kills itself. @param pointsFile Where it writes down which it reaches.
   */
  public nodeProcess(command: string, killAt?: string, pointsFile?: string): NodeProcessOptions {
    return {
      command: [process.execPath, HARDHAT, ...this.commandLine(`${command} --json`, "devnode")],
      directory: PACKAGE_ROOT,
      environment: this.environment({}),
      killAt,
      pointsFile,
    };
  }

  /** Runs a command with `--json`; all of its standard output must be one JSON value. */
  public async json<Result>(command: string): Promise<Result> {
    const { status, stdout, stderr } = await this.run(`${command} --json`);
    if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
    return JSON.parse(stdout) as Result;
  }

  private commandLine(command: string, network: string): string[] {
    return ["--config", this.config, "--network", network, ...words(command)];
  }

  private environment(variables: Record<string, string>): Record<string, string | undefined> {
    // Where CI is set, Hardhat would show stacks, which no user sees.
    const shown = { CI: undefined };
    const places = { TEST_NODE_URL: this.url, TEST_DEPLOYMENTS: this.deployments };
    return { ...userEnvironment(), ...shown, ...places, ...variables };
  }

  /** A connection of the test's own to the node. */
  public connect(): Promise<NetworkConnection> {
    return hre.network.create({ network: "localhost", override: { url: this.url } });
  }
}

/** Splits at spaces; what is in double quotes stays together. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]);
}
