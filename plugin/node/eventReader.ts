import type { Block, Interface, Log, LogDescription, Provider } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { blockAt, finalBlock, type Finality } from "../l1/finality.js";
import { LogQueries } from "../l1/logQueries.js";
import { parseLog } from "./parseLog.js";

/** Blocks that may be replaced whatever the provider calls final: development networks call their latest block so. */
const KEPT_BLOCKS = 64;
/** So many blocks are asked for together. */
const BLOCKS_AT_ONCE = 16;
/** How often what moves while it is read is read again. */
const MOST_TRIES = 5;
/** Blocks of the first piece, and bytes that a piece should have: the next is twice as long or half if they are fewer or more. */
const FIRST_PIECE = 32;
const PIECE_BYTES = 2 ** 20;

/** One event of a chain's contracts. */
export interface ChainEvent {
  readonly description: LogDescription;
  readonly address: Hex;
  readonly block: number;
  /** Of its block, in seconds. */
  readonly timestamp: bigint;
  readonly transaction: Hex;
}

/** A block that was read, with its hash. */
export interface ReadBlock {
  readonly number: number;
  readonly hash: Hex;
}

/** How far and in what pieces a settlement layer is read. */
export interface ReadingPolicy {
  /** Up to where; the latest block if absent. */
  readonly head?: Finality;
  /** What is not replaced any more; the block tagged `finalized` if absent. */
  readonly finality?: Finality;
  /** The most blocks that one query for logs asks for. */
  readonly maxLogRange?: number;
}

/**
 * Reads the events of some contracts, in the order of the settlement layer, each once. It remembers blocks that it has read as long as they may
 * be replaced, and goes back to the last that is still there.
 */
export class EventReader {
  private readonly queries: LogQueries;
  private readonly interfaces: ReadonlyMap<string, Interface>;
  /** Blocks that were read, the lowest first: the last one, those with events, and one that is final. */
  private blocks: ReadBlock[] = [];
  private final = -1;
  /** Blocks of the next piece. */
  private piece = FIRST_PIECE;
  private unread = true;

  /**
   * @param contracts The interface at each address.
   * @param remembered What another reader of the same has remembered, after whose last block this one goes on.
   */
  public constructor(
    private readonly provider: Provider,
    contracts: ReadonlyMap<Hex, Interface>,
    private nextBlock: number,
    private readonly policy: ReadingPolicy = {},
    remembered: Iterable<ReadBlock> = [],
  ) {
    this.blocks = [...remembered];
    this.nextBlock = (this.blocks.at(-1)?.number ?? nextBlock - 1) + 1;
    this.queries = new LogQueries(provider, policy.maxLogRange);
    this.interfaces = new Map([...contracts].map(([address, abi]) => [address.toLowerCase(), abi]));
  }

  /** The last block that was read; the one before the first if none was. */
  public get lastBlock(): number {
    return this.nextBlock - 1;
  }

  /** Blocks that were read and may be replaced, the lowest first, behind one that is final. */
  public get remembered(): readonly ReadBlock[] {
    return this.blocks;
  }

  /** Up to which block nothing that was read is replaced any more, and `rollBack` does not go behind. */
  public get finalBlock(): number {
    return this.final;
  }

  /** Whether there was more than what `readPiece` has read. */
  public get isBehind(): boolean {
    return this.unread;
  }

  /**
   * Goes back to the last block that it has read and that is still there.
   * @returns Its number: what came after it has to be taken back, and is read again. Undefined if nothing was replaced.
   * @throws {RollupError} `REORGANIZED` if no block that it remembers is there any more: start anew.
   */
  public async rollBack(): Promise<number | undefined> {
    const last = this.blocks.at(-1);
    if (last === undefined || (await this.isThere(last))) return undefined;
    for (const block of this.blocks.slice(0, -1).reverse()) {
      if (!(await this.isThere(block))) continue;
      this.rewind(block.number);
      return block.number;
    }
    throw await this.reorganized(last);
  }

  /** Forgets what it has read past `block`, which is read again. */
  public rewind(block: number): void {
    this.nextBlock = block + 1;
    this.blocks = this.blocks.filter(({ number }) => number <= block);
  }

  /**
   * The events since the last call.
   * @throws {RollupError} `REORGANIZED` if the settlement layer has replaced blocks that were read: `rollBack`.
   */
  public async read(): Promise<ChainEvent[]> {
    return this.readUpTo(Infinity);
  }

  /** As `read`, but a few blocks alone if there are many: a long history is more than memory should hold. */
  public async readPiece(): Promise<ChainEvent[]> {
    return this.readUpTo(this.piece);
  }

  private async readUpTo(blocks: number): Promise<ChainEvent[]> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const events = await this.readOnce(blocks);
      if (events !== undefined) return events;
    }
    throw new RollupError("REORGANIZED", "The settlement layer replaces blocks faster than they are read.");
  }

  /** Undefined if blocks were replaced while they were read. */
  private async readOnce(most: number): Promise<ChainEvent[] | undefined> {
    const head = await this.head();
    const first = this.nextBlock;
    // Between two looks at the head: what was read before then is what the head stands on.
    const last = this.blocks.at(-1);
    if (last !== undefined && !(await this.isThere(last))) throw await this.reorganized(last);
    this.unread = head !== undefined && head.number >= first + most;
    if (head === undefined || head.number < first) return [];
    const end = this.unread ? await this.provider.getBlock(first + most - 1) : head;
    return end === null ? undefined : this.readBlocks(first, end, head.number);
  }

  /** As `readOnce`, what is left of it: the blocks from `first` to `end`. */
  private async readBlocks(first: number, end: Block, head: number): Promise<ChainEvent[] | undefined> {
    const blocks: ReadBlock[] = [];
    const logs = await this.queries.read([...this.interfaces.keys()] as Hex[], first, end.number);
    const events = await this.describe(logs, blocks);
    const [number, hash] = [end.number, end.hash as Hex];
    if (events === undefined || !(await this.isThere({ number, hash }))) return undefined;
    if (blocks.at(-1)?.number !== number) blocks.push({ number, hash });
    this.nextBlock = number + 1;
    this.blocks.push(...blocks);
    this.adapt(logs, number + 1 - first);
    await this.forgetFinal(head);
    return events;
  }

  /** What so many blocks had says how many to ask for the next time. */
  private adapt(logs: readonly Log[], blocks: number): void {
    const bytes = logs.reduce((sum, { data }) => sum + data.length / 2, 0);
    if (bytes > PIECE_BYTES) this.piece = Math.max(1, blocks >> 1);
    else if (blocks >= this.piece) this.piece = 2 * blocks;
  }

  /** @param blocks Takes those that have events. */
  private async describe(logs: readonly Log[], blocks: ReadBlock[]): Promise<ChainEvent[] | undefined> {
    const described = logs.flatMap((log) => {
      const abi = this.interfaces.get(log.address.toLowerCase());
      const description = abi && parseLog(abi, log);
      return description ? [{ log, description }] : [];
    });
    const found = await this.blocksOf(described.map(({ log }) => log.blockNumber));
    const events: ChainEvent[] = [];
    for (const { log, description } of described) {
      const { blockNumber: number, blockHash: hash } = log;
      const block = found.get(number);
      if (block?.hash !== hash) return undefined;
      if (blocks.at(-1)?.number !== number) blocks.push({ number, hash: hash as Hex });
      const [address, timestamp] = [log.address.toLowerCase() as Hex, BigInt(block.timestamp)];
      events.push({ description, address, block: number, timestamp, transaction: log.transactionHash as Hex });
    }
    return events;
  }

  /** Some are asked for at once: what takes time is the way there and back. */
  private async blocksOf(numbers: readonly number[]): Promise<ReadonlyMap<number, Block | null>> {
    const wanted = [...new Set(numbers)];
    const found = new Map<number, Block | null>();
    for (let at = 0; at < wanted.length; at += BLOCKS_AT_ONCE) {
      const asked = wanted.slice(at, at + BLOCKS_AT_ONCE);
      const blocks = await Promise.all(asked.map((number) => this.provider.getBlock(number)));
      asked.forEach((number, place) => found.set(number, blocks[place]));
    }
    return found;
  }

  private async head(): Promise<Block | undefined> {
    const latest = await this.provider.getBlock("latest");
    if (latest === null) throw new RollupError("NO_BLOCK", "The provider does not give its latest block.");
    const { head = "latest" } = this.policy;
    const number = await blockAt(this.provider, head, latest.number);
    if (number >= latest.number) return latest;
    return number < 0 ? undefined : ((await this.provider.getBlock(number)) ?? undefined);
  }

  private async forgetFinal(head: number): Promise<void> {
    const called = await finalBlock(this.provider, this.policy.finality, head);
    this.final = Math.max(this.final, Math.min(called, head - KEPT_BLOCKS));
    const kept = this.blocks.findLastIndex(({ number }) => number <= this.final);
    if (kept > 0) this.blocks = this.blocks.slice(kept);
  }

  private async isThere({ number, hash }: ReadBlock): Promise<boolean> {
    return (await this.provider.getBlock(number))?.hash === hash;
  }

  private async reorganized({ number, hash }: ReadBlock): Promise<RollupError> {
    return new RollupError("REORGANIZED", "The settlement layer has replaced blocks that were read.", {
      block: number,
      read: hash,
      found: (await this.provider.getBlock(number))?.hash ?? "no block",
    });
  }
}

/** Whether blocks that were read have been replaced. */
export function isReorganized(error: unknown): boolean {
  return error instanceof RollupError && error.code === "REORGANIZED";
}
