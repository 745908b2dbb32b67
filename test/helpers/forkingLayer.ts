import { Interface, type Provider } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import type { Random } from "../fuzz/random.js";

/** What its blocks say. */
export const SAID = new Interface(["event Said(uint256 number)"]);
export const SAID_AT: Hex = `0x${"aa".repeat(20)}`;

interface ModelBlock {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
  readonly said: readonly number[];
}

/** A settlement layer in memory whose blocks are replaced at will, and which answers as providers do. */
export class ForkingLayer {
  /** The canonical chain, from block 0. */
  public blocks: ModelBlock[] = [];
  /** The most blocks that a query for logs may ask for, and the most logs that it may give. */
  public limits = { blocks: Infinity, results: Infinity };
  /** Bytes of zeros behind what each log says. */
  public padding = 0;
  /** Called before every answer. */
  public beforeAnswer: () => void = () => undefined;
  /** How long the queries for logs were that it has answered. */
  public readonly answered: number[] = [];
  private counter = 0;

  public constructor(private readonly random: Random) {
    this.extend(1);
  }

  public extend(count: number): void {
    for (let added = 0; added < count; added++) {
      this.counter += 1;
      const said = Array.from({ length: this.random.below(3) }, (_, index) => this.counter * 10 + index);
      const hash: Hex = `0x${this.counter.toString(16).padStart(64, "0")}`;
      this.blocks.push({ number: this.blocks.length, hash, timestamp: this.counter, said });
    }
  }

  /** Replaces the last blocks; block 0 stays. */
  public reorganize(depth: number, replacements: number): void {
    this.blocks = this.blocks.slice(0, Math.max(1, this.blocks.length - depth));
    this.extend(replacements);
  }

  /** Everything that the canonical chain says from a block on. */
  public saidFrom(first: number): number[] {
    return this.blocks.slice(first).flatMap(({ said }) => said);
  }

  public get provider(): Provider {
    return this as unknown as Provider;
  }

  public getBlock(tag: number | string): Promise<unknown> {
    this.beforeAnswer();
    if (tag === "latest") return Promise.resolve(this.blocks.at(-1));
    if (tag === "finalized") return Promise.resolve(this.blocks[Math.max(0, this.blocks.length - 100)]);
    return Promise.resolve(this.blocks[Number(tag)] ?? null);
  }

  public getLogs({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }): Promise<unknown[]> {
    this.beforeAnswer();
    if (toBlock - fromBlock + 1 > this.limits.blocks) {
      return Promise.reject(new Error(`eth_getLogs is limited to a ${this.limits.blocks} block range`));
    }
    const logs = this.blocks
      .slice(fromBlock, toBlock + 1)
      .flatMap((block) => block.said.map((n) => this.logOf(block, n)));
    if (logs.length > this.limits.results) {
      return Promise.reject(new Error(`query returned more than ${this.limits.results} results`));
    }
    this.answered.push(toBlock - fromBlock + 1);
    return Promise.resolve(logs);
  }

  private logOf({ number, hash }: ModelBlock, said: number): unknown {
    const { topics, data } = SAID.encodeEventLog("Said", [said]);
    const padded = data + "00".repeat(this.padding);
    return { topics, data: padded, address: SAID_AT, blockNumber: number, blockHash: hash, transactionHash: "0x" };
  }
}
