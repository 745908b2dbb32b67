import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { bytesToHex, hexToBytes } from "./hex.js";
import type { Hex } from "./hex.js";

/**
 * What was handed to a chain's sequencer and is not posted yet: a file beside the deployment, one transaction a line, so that
 * it outlives the commands that fill and empty it.
 */
export class TransactionPool {
  private readonly path: string;

  /** @param directory `config.rollup.deployments`. */
  public constructor(directory: string, network: string, chain: string) {
    this.path = join(directory, network, `${chain}.pool`);
  }

  /** Adds a guest's transaction. */
  public async add(transaction: Uint8Array): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await appendFile(this.path, `${bytesToHex(transaction)}\n`);
  }

  /** What waits, in the order in which it came. */
  public async waiting(): Promise<Uint8Array[]> {
    const text = await readFile(this.path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => hexToBytes(line as Hex));
  }

  /** Forgets everything: what was signed for another deployment is good for nothing here. */
  public async clear(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Forgets the first `count` transactions, which were posted; what came since stays. */
  public async posted(count: number): Promise<void> {
    const rest = (await this.waiting()).slice(count);
    if (rest.length === 0) await rm(this.path, { force: true });
    else await writeFile(this.path, rest.map((transaction) => `${bytesToHex(transaction)}\n`).join(""));
  }
}
