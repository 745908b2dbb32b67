import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { toQuantity } from "ethers";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { Anvil } from "../helpers/anvil.js";
import { userEnvironment } from "../helpers/environment.js";
import { killAtExit } from "../helpers/killAtExit.js";

const HARDHAT = join(PACKAGE_ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
const CONFIG = join(PACKAGE_ROOT, "test", "soak", "project.config.ts");

/** How long an answer may take. */
const ANSWER_MILLISECONDS = 30_000;
/** How often a block is tried that somebody else's comes before. */
const ATTEMPTS = 5;

/** What plays the settlement layer. */
export const LAYERS = ["hardhat", "anvil"] as const;
export type LayerKind = (typeof LAYERS)[number];

/** A development node in a process of its own, with a clock that is ours. */
export class SettlementLayer {
  /** How often blocks were replaced, and how many. */
  public readonly reorganizations: number[] = [];
  private mining: Promise<void> = Promise.resolve();
  private latest = 0;

  private constructor(
    private readonly kind: LayerKind,
    public readonly url: string,
    private readonly end: () => Promise<unknown>,
  ) {}

  public static async start(kind: LayerKind): Promise<SettlementLayer> {
    if (kind === "hardhat") return startHardhat((url, end) => new SettlementLayer(kind, url, end));
    const anvil = await Anvil.start();
    return new SettlementLayer(kind, anvil.url, () => anvil.stop());
  }

  public async stop(): Promise<void> {
    await this.end();
  }

  public async ask<Answer>(method: string, ...params: unknown[]): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
    const response = await fetch(this.url, { method: "POST", headers, body, signal });
    const { result, error } = (await response.json()) as { result: Answer; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Mines a block so many seconds after the last one; somebody's transaction may make one at that moment. */
  public mine(seconds: number): Promise<void> {
    return this.alone(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const time = await this.later(seconds + attempt);
        const isSet = await this.ask("evm_setNextBlockTimestamp", toQuantity(time)).then(
          () => true,
          () => false,
        );
        if (!isSet) continue;
        await this.ask("evm_mine");
        this.latest = time;
        return;
      }
    });
  }

  /**
   * Lets the next seconds happen, and then replaces their blocks by others, in which none of their transactions is: whoever sent one has to send
   * it again.
   */
  public async reorganize(seconds: number): Promise<void> {
    const snapshot = this.kind === "hardhat" ? await this.ask<string>("evm_snapshot") : undefined;
    const before = await this.height();
    await sleep(seconds * 1_000);
    await this.alone(async () => {
      const after = await this.height();
      if (snapshot !== undefined) await this.goBack(snapshot, after - before);
      else if (after > before) await this.ask("anvil_reorg", after - before, []);
      this.reorganizations.push(after - before);
    });
  }

  /** As Hardhat's node can: as long as what it replaces, and one more, with other times, so that no hash is the same. */
  private async goBack(snapshot: string, blocks: number): Promise<void> {
    this.latest = await this.later(0);
    await this.ask("evm_revert", snapshot);
    for (let block = 0; block <= blocks; block++) {
      this.latest += 1;
      await this.ask("evm_setNextBlockTimestamp", toQuantity(this.latest)).catch(() => undefined);
      await this.ask("evm_mine");
    }
  }

  private async height(): Promise<number> {
    return Number(await this.ask<string>("eth_blockNumber"));
  }

  private async later(seconds: number): Promise<number> {
    const { timestamp } = await this.ask<{ timestamp: string }>("eth_getBlockByNumber", "latest", false);
    return Math.max(this.latest, Number(timestamp)) + seconds;
  }

  private alone(work: () => Promise<void>): Promise<void> {
    this.mining = this.mining.then(work, work);
    return this.mining;
  }
}

async function startHardhat<Layer>(make: (url: string, end: () => Promise<unknown>) => Layer): Promise<Layer> {
  const args = [HARDHAT, "--config", CONFIG, "node", "--hostname", "127.0.0.1", "--port", "0"];
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: PACKAGE_ROOT,
    env: userEnvironment(),
    stdio: "pipe",
  });
  killAtExit(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let told = "";
    child.stdout!.on("data", (data: Buffer) => {
      told = (told + data.toString()).slice(-2_000);
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(told) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`The node did not start: ${told}`)));
  });
  return make(url, () => {
    child.kill("SIGKILL");
    return ended;
  });
}
