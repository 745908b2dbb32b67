import { MissingDataError, RollupError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import { hashInputHeader, INPUT_KINDS, type Input, type InputHeader } from "../input.js";
import { wordTreeBatch, type BatchReader, type FoundBatch, type PostedBatch } from "../sources/batchReader.js";
import type { ChainEvent } from "./eventReader.js";
import type { UndoLog } from "./undoLog.js";

const NO_HEADER: Hex = `0x${"00".repeat(32)}`;

/** An L1 message that was queued. */
export interface QueuedMessage {
  /** Its place in the queue. */
  readonly message: bigint;
  readonly kind: bigint;
  readonly sender: Hex;
  readonly commitment: Hex;
  readonly data: Uint8Array;
  /** In seconds. */
  readonly queuedAt: bigint;
}

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

/** An input whose header is known. */
interface Appended {
  readonly header: InputHeader;
  /** Its bytes, or what is needed to find them. */
  readonly batch: FoundBatch | { readonly reader: BatchReader; readonly posted: PostedBatch };
}

/**
 * A chain's inputs, derived from its inbox's events and, where its batches are elsewhere, from what its sources' readers find. Every header must hold the hash of the one before it, and every
 * input's bytes must be what its header commits to: a provider that lies or leaves something out is found here.
 */
export class Derivation {
  private readonly headers: InputHeader[] = [];
  private readonly known: Input[] = [];
  /** From the first input on whose bytes are not read yet. */
  private readonly unread: Appended[] = [];
  private lacking: MissingDataError | undefined;
  private readonly queue: QueuedMessage[] = [];
  private appended = 0;
  private accumulator = NO_HEADER;

  /**
   * @param readers Of the sources whose batches are not in their transactions' calldata, by address.
   * @param undo Takes how to take events back.
   */
  public constructor(
    private readonly readers: ReadonlyMap<Hex, BatchReader> = new Map(),
    private readonly undo?: UndoLog,
  ) {}

  /** The inputs whose bytes are known, in their order. */
  public get inputs(): readonly Input[] {
    return this.known;
  }

  /** How many inputs there are, whether their bytes are known or not. */
  public get count(): number {
    return this.headers.length;
  }

  /** Why the bytes of the next input are not known; undefined if they are, or were not looked for. */
  public get missing(): MissingDataError | undefined {
    return this.lacking;
  }

  /** The messages that wait, in their order. */
  public get waiting(): readonly QueuedMessage[] {
    return this.queue.slice(this.appended);
  }

  /** The hash of the last input's header. */
  public get lastInput(): Hex {
    return this.accumulator;
  }

  /** The hash of the header of input `number`. */
  public inputHash(number: bigint): Hex {
    return hashInputHeader(this.headers[Number(number)]);
  }

  /**
   * Takes an event of the inbox.
   * @throws {RollupError} `DERIVATION_MISMATCH` if it contradicts those before it.
   */
  public take({ description, timestamp, transaction }: ChainEvent): void {
    const { name, args } = description;
    if (name === "MessageQueued")
      this.takeMessage(args as unknown as Omit<QueuedMessage, "data"> & { data: Hex }, timestamp);
    else if (name === "MessageAppended") this.appendMessage(args.message as bigint, args.header as DecodedHeader);
    else if (name === "BatchAppended") {
      this.appendBatch(headerOf(args.header as DecodedHeader), hexToBytes(args.data as Hex), transaction);
    }
  }

  /** Finds the bytes of the batches that are not in calldata, in their order, up to the first that is nowhere to be found. */
  public async readBatches(): Promise<void> {
    this.lacking = undefined;
    while (this.unread.length > 0) {
      const { header, batch } = this.unread[0];
      const found = "reader" in batch ? await this.find(batch.reader, batch.posted) : batch;
      if (found === undefined) return;
      this.unread.shift();
      this.known.push(inputOf(header, found));
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

  private takeMessage(event: Omit<QueuedMessage, "data"> & { data: Hex }, queuedAt: bigint): void {
    expectEqual("place in the queue", event.message, BigInt(this.queue.length));
    this.queue.push({
      message: event.message,
      kind: event.kind,
      sender: event.sender.toLowerCase() as Hex,
      commitment: event.commitment,
      data: hexToBytes(event.data),
      queuedAt,
    });
    this.undo?.remember(() => this.queue.pop());
  }

  private appendMessage(message: bigint, header: DecodedHeader): void {
    expectEqual("message appended", message, BigInt(this.appended));
    const queued = this.queue[this.appended];
    if (queued === undefined) throw mismatch("message appended", message, "one that was queued");
    expectEqual("sender of the message", header[2].toLowerCase(), queued.sender);
    this.appended += 1;
    this.undo?.remember(() => (this.appended -= 1));
    this.append(headerOf(header), wordTreeBatch(queued.data));
  }

  private appendBatch(header: InputHeader, posted: Uint8Array, transaction: Hex): void {
    const reader = this.readers.get(header.source);
    this.append(
      header,
      reader === undefined ? wordTreeBatch(posted) : { reader, posted: { header, posted, transaction } },
    );
  }

  private append(header: InputHeader, batch: Appended["batch"]): void {
    expectEqual("number of the input", header.number, BigInt(this.headers.length));
    expectEqual("hash of the header before", header.previous, this.accumulator);
    if (!("reader" in batch) && this.unread.length === 0) this.known.push(inputOf(header, batch));
    else this.unread.push({ header, batch });
    this.headers.push(header);
    this.accumulator = hashInputHeader(header);
    this.undo?.remember(() => this.takeBack(header));
  }

  /** Forgets the last input. */
  private takeBack({ previous }: InputHeader): void {
    this.headers.pop();
    this.accumulator = previous;
    if (this.unread.pop() === undefined) this.known.pop();
  }
}

/** An input, whose bytes must be what its header commits to. */
function inputOf(header: InputHeader, { data, commitment, proveWord }: FoundBatch): Input {
  expectEqual("length of the input", header.length, BigInt(data.length));
  expectEqual("commitment of the input", header.commitment, commitment);
  return { header, data, proveWord };
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

function expectEqual(what: string, given: bigint | string, expected: bigint | string): void {
  if (given !== expected) throw mismatch(what, given, expected);
}

function mismatch(what: string, given: unknown, expected: unknown): RollupError {
  return new RollupError("DERIVATION_MISMATCH", `The inbox's events contradict themselves: ${what}.`, {
    given,
    expected,
  });
}
