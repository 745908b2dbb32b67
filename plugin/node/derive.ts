import { concatBytes } from "@noble/hashes/utils.js";

import { RollupError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import { hashInputHeader, INPUT_KINDS, type Input, type InputHeader } from "../input.js";
import { wordAt, WordTree } from "../sources/wordTree.js";
import type { ChainEvent } from "./eventReader.js";

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

/**
 * A chain's inputs, derived from its inbox's events alone. Every header must hold the hash of the one before it, and every
 * input's bytes must be what its header commits to: a provider that lies or leaves something out is found here.
 */
export class Derivation {
  private readonly known: Input[] = [];
  private readonly queue: QueuedMessage[] = [];
  private appended = 0;
  private accumulator = NO_HEADER;

  /** All inputs, in their order. */
  public get inputs(): readonly Input[] {
    return this.known;
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
    return hashInputHeader(this.known[Number(number)].header);
  }

  /**
   * Takes an event of the inbox.
   * @throws {RollupError} `DERIVATION_MISMATCH` if it contradicts those before it.
   */
  public take({ description, timestamp }: ChainEvent): void {
    const { name, args } = description;
    if (name === "MessageQueued")
      this.takeMessage(args as unknown as Omit<QueuedMessage, "data"> & { data: Hex }, timestamp);
    else if (name === "MessageAppended") this.appendMessage(args.message as bigint, args.header as DecodedHeader);
    else if (name === "BatchAppended") this.append(args.header as DecodedHeader, hexToBytes(args.data as Hex));
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
  }

  private appendMessage(message: bigint, header: DecodedHeader): void {
    expectEqual("message appended", message, BigInt(this.appended));
    const queued = this.queue[this.appended];
    if (queued === undefined) throw mismatch("message appended", message, "one that was queued");
    expectEqual("sender of the message", header[2].toLowerCase(), queued.sender);
    this.appended += 1;
    this.append(header, queued.data);
  }

  private append(decoded: DecodedHeader, data: Uint8Array): void {
    const header = headerOf(decoded);
    const tree = new WordTree(data);
    expectEqual("number of the input", header.number, BigInt(this.known.length));
    expectEqual("hash of the header before", header.previous, this.accumulator);
    expectEqual("length of the input", header.length, BigInt(data.length));
    expectEqual("commitment of the input", header.commitment, tree.root);
    this.known.push({ header, data, proveWord: (index) => concatBytes(wordAt(data, index), tree.prove(index)) });
    this.accumulator = hashInputHeader(header);
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

function expectEqual(what: string, given: bigint | string, expected: bigint | string): void {
  if (given !== expected) throw mismatch(what, given, expected);
}

function mismatch(what: string, given: unknown, expected: unknown): RollupError {
  return new RollupError("DERIVATION_MISMATCH", `The inbox's events contradict themselves: ${what}.`, {
    given,
    expected,
  });
}
