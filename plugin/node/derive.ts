import { MissingDataError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import { hashInputHeader, INPUT_KINDS, type Input, type InputHeader } from "../input.js";
import { wordTreeBatch, type BatchReader, type FoundBatch, type PostedBatch } from "../sources/batchReader.js";
import { expectEqual, mismatch } from "./checkedInput.js";
import type { ChainEvent } from "./eventReader.js";
import { MemoryInputs } from "./memoryStore.js";
import type { InputLog, KeptInput, QueuedMessage } from "./nodeStore.js";

const NO_HEADER: Hex = `0x${"00".repeat(32)}`;

/** What `appendBatch` and `forceInclude` want to be told again of a message. */
export interface MessageFields {
  readonly kind: bigint;
  readonly sender: Hex;
  readonly commitment: Hex;
  readonly length: bigint;
}

/** An `InputHeader` as ethers decodes it: by place, since `length` is also what an array calls its own. */
type DecodedHeader = readonly [
  previous: string,
  kind: bigint,
  sender: string,
  source: string,
  commitment: string,
  length: bigint,
  budget: bigint,
  number: bigint,
  timestamp: bigint,
  blockNumber: bigint,
];

/**
 * A chain's inputs, derived from its inbox's events and, where its batches are elsewhere, from what its sources' readers find. Every header must hold the hash of the one before it, and every
 * input's bytes must be what its header commits to: a provider that lies or leaves something out is found here.
 */
export class Derivation {
  private lacking: MissingDataError | undefined;
  private queue: QueuedMessage[] = [];
  private accumulator = NO_HEADER;

  /**
   * @param readers Of the sources whose batches are not in their transactions' calldata, by address.
   * @param log What was derived before, and where what is derived is kept.
   */
  public constructor(
    private readonly readers: ReadonlyMap<Hex, BatchReader> = new Map(),
    private readonly log: InputLog = new MemoryInputs(),
  ) {
    this.resume();
  }

  /** All inputs whose bytes are known, in their order; for those who know that there are few. */
  public get inputs(): readonly Input[] {
    return Array.from({ length: this.known }, (_, number) => this.log.input(number));
  }

  /** How many inputs there are whose bytes are known, as those of all before them. */
  public get known(): number {
    return this.log.known;
  }

  /** Input `number`, below `known`. */
  public input(number: number): Input {
    return this.log.input(number);
  }

  /** How many inputs there are, whether their bytes are known or not. */
  public get count(): number {
    return this.log.count;
  }

  /** Why the bytes of the next input are not known; undefined if they are, or were not looked for. */
  public get missing(): MissingDataError | undefined {
    return this.lacking;
  }

  /** The messages that wait, in their order. */
  public get waiting(): readonly QueuedMessage[] {
    return this.queue;
  }

  /** The hash of the last input's header. */
  public get lastInput(): Hex {
    return this.accumulator;
  }

  /** The hash of the header of input `number`. */
  public inputHash(number: bigint): Hex {
    return this.log.get(Number(number)).hash;
  }

  /** Forgets what came in blocks of the settlement layer after `block`. */
  public rollBack(block: number): void {
    this.log.rollBack(block);
    this.resume();
  }

  /**
   * Takes an event of the inbox.
   * @throws {RollupError} `DERIVATION_MISMATCH` if it contradicts those before it.
   */
  public take(event: ChainEvent): void {
    const { name, args } = event.description;
    if (name === "MessageQueued") this.takeMessage(event);
    else if (name === "MessageAppended")
      this.appendMessage(args.message as bigint, args.header as DecodedHeader, event.block);
    else if (name === "BatchAppended") {
      this.appendBatch(headerOf(args.header as DecodedHeader), hexToBytes(args.data as Hex), event);
    }
  }

  /** Finds the bytes of the batches that are not in calldata, in their order, up to the first that is nowhere to be found. */
  public async readBatches(): Promise<void> {
    this.lacking = undefined;
    while (this.log.known < this.log.count) {
      const { header, posted } = this.log.get(this.log.known);
      const reader = this.readers.get(header.source);
      if (posted === undefined || reader === undefined)
        throw mismatch("source of a batch", header.source, "a known one");
      const found = await this.find(reader, { header, posted: posted.data, transaction: posted.transaction });
      if (found === undefined) return;
      this.log.fill(found);
    }
  }

  private async find(reader: BatchReader, posted: PostedBatch): Promise<FoundBatch | undefined> {
    try {
      return await reader.read(posted);
    } catch (error) {
      if (!(error instanceof MissingDataError)) throw error;
      this.lacking = error;
      return undefined;
    }
  }

  private takeMessage({ description: { args }, timestamp, block }: ChainEvent): void {
    const { message, kind, sender, commitment, data } = args as unknown as Omit<QueuedMessage, "data"> & { data: Hex };
    expectEqual("place in the queue", message, BigInt(this.log.queued));
    const queued = {
      message,
      kind,
      sender: sender.toLowerCase() as Hex,
      commitment,
      data: hexToBytes(data),
      queuedAt: timestamp,
      block,
    };
    this.log.queue(queued);
    this.queue.push(queued);
  }

  private appendMessage(message: bigint, header: DecodedHeader, block: number): void {
    expectEqual("message appended", message, BigInt(this.log.appended));
    const queued = this.queue[0];
    if (queued === undefined) throw mismatch("message appended", message, "one that was queued");
    expectEqual("sender of the message", header[2].toLowerCase(), queued.sender);
    this.queue.shift();
    this.append({ header: headerOf(header), block, posted: undefined }, wordTreeBatch(queued.data));
  }

  private appendBatch(header: InputHeader, data: Uint8Array, { block, transaction }: ChainEvent): void {
    if (this.readers.has(header.source)) this.append({ header, block, posted: { data, transaction } }, undefined);
    else this.append({ header, block, posted: undefined }, wordTreeBatch(data));
  }

  private append(input: Omit<KeptInput, "hash">, batch: FoundBatch | undefined): void {
    const { header } = input;
    expectEqual("number of the input", header.number, BigInt(this.log.count));
    expectEqual("hash of the header before", header.previous, this.accumulator);
    const hash = hashInputHeader(header);
    this.log.append({ ...input, hash }, batch);
    this.accumulator = hash;
  }

  private resume(): void {
    const { count, appended } = this.log;
    this.accumulator = count === 0 ? NO_HEADER : this.log.get(count - 1).hash;
    this.queue = this.log.messages(appended);
    this.lacking = undefined;
  }
}

/** What the inbox wants to be told of a message that waits. */
export function fieldsOf(message: QueuedMessage): MessageFields {
  const { kind, sender, commitment, data } = message;
  return { kind, sender, commitment, length: BigInt(data.length) };
}

function headerOf(decoded: DecodedHeader): InputHeader {
  const [previous, kind, sender, source, commitment, length, budget, number, timestamp, blockNumber] = decoded;
  return {
    previous: previous as Hex,
    kind: INPUT_KINDS[Number(kind)],
    sender: sender.toLowerCase() as Hex,
    source: source.toLowerCase() as Hex,
    commitment: commitment as Hex,
    length,
    budget,
    number,
    timestamp,
    blockNumber,
  };
}
