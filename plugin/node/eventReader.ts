import type { Block, Interface, LogDescription, Provider } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";

/** How many blocks one query asks for: what public providers commonly allow. */
const BLOCKS_PER_QUERY = 5_000;

/** One event of a chain's contracts. */
export interface ChainEvent {
  readonly description: LogDescription;
  readonly address: Hex;
  readonly block: number;
  /** Of its block, in seconds. */
  readonly timestamp: bigint;
  readonly transaction: Hex;
}

/** Reads the events of some contracts, in the order of the settlement layer, each once. */
export class EventReader {
  private nextBlock: number;
  private lastHash: string | undefined;
  private readonly interfaces: ReadonlyMap<string, Interface>;

  /** @param contracts The interface at each address. */
  public constructor(
    private readonly provider: Provider,
    contracts: ReadonlyMap<Hex, Interface>,
    fromBlock: number,
  ) {
    this.nextBlock = fromBlock;
    this.interfaces = new Map([...contracts].map(([address, abi]) => [address.toLowerCase(), abi]));
  }

  /**
   * The events since the last call.
   * @throws {RollupError} `REORGANIZED` if the settlement layer has replaced blocks that were read: start anew.
   */
  public async read(): Promise<ChainEvent[]> {
    await this.checkLastBlock();
    const latest = await this.latest();
    // The hash of the last block was read before its events: if it is replaced while they are read, the next call finds out.
    const events: ChainEvent[] = [];
    for (let from = this.nextBlock; from <= latest.number; from += BLOCKS_PER_QUERY) {
      events.push(...(await this.query(from, Math.min(latest.number, from + BLOCKS_PER_QUERY - 1))));
    }
    if (latest.number >= this.nextBlock) {
      this.nextBlock = latest.number + 1;
      this.lastHash = latest.hash ?? undefined;
    }
    return events;
  }

  private async query(fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
    const logs = await this.provider.getLogs({ address: [...this.interfaces.keys()], fromBlock, toBlock });
    const timestamps = new Map<number, bigint>();
    const events: ChainEvent[] = [];
    for (const log of logs) {
      const address = log.address.toLowerCase() as Hex;
      const description = this.interfaces.get(address)?.parseLog(log);
      if (!description) continue;
      const timestamp = timestamps.get(log.blockNumber) ?? (await this.timestampOf(log.blockNumber));
      timestamps.set(log.blockNumber, timestamp);
      const transaction = log.transactionHash as Hex;
      events.push({ description, address, block: log.blockNumber, timestamp, transaction });
    }
    return events;
  }

  private async latest(): Promise<Block> {
    const block = await this.provider.getBlock("latest");
    if (block === null) throw new RollupError("NO_BLOCK", "The provider does not give its latest block.");
    return block;
  }

  private async timestampOf(number: number): Promise<bigint> {
    const block = await this.provider.getBlock(number);
    if (block === null) throw new RollupError("REORGANIZED", "A block vanished while it was read.", { block: number });
    return BigInt(block.timestamp);
  }

  private async checkLastBlock(): Promise<void> {
    if (this.lastHash === undefined) return;
    const block = await this.provider.getBlock(this.nextBlock - 1);
    if (block?.hash === this.lastHash) return;
    throw new RollupError("REORGANIZED", "The settlement layer has replaced blocks that were read.", {
      block: this.nextBlock - 1,
      read: this.lastHash,
      found: block?.hash ?? "no block",
    });
  }
}
