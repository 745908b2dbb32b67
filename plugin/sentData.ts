import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { keccak256 } from "ethers";

import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";

/**
 * What the messages of this project's users to L1 are called with, until they are executed there: the chain has only its hash. A file beside
 * the deployment, the data of one message a line.
 */
export class SentData {
  private readonly path: string;

  /** @param directory `config.rollup.deployments`. */
  public constructor(directory: string, network: string, chain: string) {
    this.path = join(directory, network, `${chain}.messages`);
  }

  /** Keeps a message's data. */
  public async add(data: Hex): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await appendFile(this.path, `${data}\n`);
  }

  /**
   * The data with this hash.
   * @param given Data that was given besides.
   * @throws {RollupError} `MESSAGE_DATA_MISSING`.
   */
  public async find(hash: Hex, given?: Hex): Promise<Hex> {
    const all = given === undefined ? await this.all() : [given];
    const found = all.find((data) => keccak256(data) === hash);
    if (found !== undefined) return found;
    throw new RollupError(
      "MESSAGE_DATA_MISSING",
      "Nobody here knows what the message says: the chain has its hash alone.",
      {
        hash,
        looked: given === undefined ? this.path : `--data ${given}`,
        do: "give what was sent as --data, 0x and hexadecimal digits",
      },
    );
  }

  private async all(): Promise<Hex[]> {
    const text = await readFile(this.path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text.split("\n").filter(Boolean) as Hex[];
  }
}
