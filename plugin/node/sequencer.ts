import type { ContractTransaction, Signer } from "ethers";

import { packBlobs } from "../blobs/packing.js";
import { formatBlobs } from "../console/format.js";
import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import { encodeBlobBatch } from "../sources/blobSource.js";
import { BLOB_GAS } from "./blobFees.js";
import { prepareBlobs, type BlobCargo } from "./blobTransaction.js";
import { certifyPosting, hasCommittee, mayFallBack } from "./certifiedPosting.js";
import { fieldsOf, type MessageFields } from "./derive.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { choosePosting, describePosting, type Posting, type SourceChoice } from "./postingPrices.js";
import { Sender, type Done, type Preflight } from "./sender.js";

/** The most L1 messages that one transaction appends, so that it stays far below the gas that one may have. */
export const MESSAGES_PER_TRANSACTION = 100;

/** Above what appending a batch in blobs takes, and what each message before it does. */
const BLOB_BATCH_GAS = 250_000n;
const MESSAGE_GAS = 45_000n;

/** What a batch is made of, whichever source it goes to. */
interface Batch {
  readonly data: Uint8Array;
  /** That it is posted after. */
  readonly messages: readonly MessageFields[];
  /** Its number among the inputs: it is appended at no other place, so that batches keep their order whatever L1 undoes. */
  readonly number: number;
  /** How many transactions are in it. */
  readonly count: number;
}

/** A batch that is ready to be sent. */
interface PreparedBatch {
  readonly batch: Batch;
  readonly posting: Posting;
  /** What its source is given. */
  readonly posted: Hex;
  readonly cargo?: BlobCargo;
}

/** A batch that was posted. */
export interface PostedBatch extends Done {
  readonly posting: Posting;
  /** How many of the transactions that were submitted are in it. */
  readonly transactions: number;
}

/** As texts say it. */
const PLACES = { calldata: "", blob: "", committee: " that the committee keeps" } as const;

/** How submitted transactions become a batch; a guest's own affair. */
export type EncodeBatch = (transactions: readonly Uint8Array[]) => Uint8Array;

/** Puts transactions one after the other. */
export function concatenate(transactions: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(transactions));
}

/**
 * Collects transactions and posts them as batches, each after the L1 messages that wait. Where the chain has a committee, it is asked to keep
 * each batch; what it does not certify in time goes to L1.
 */
export class Sequencer {
  public readonly sender: Sender;
  private collected: Uint8Array[] = [];

  public constructor(
    public readonly node: RollupNode,
    private readonly signer: Signer,
    private readonly onEvent: OnEvent = node.onEvent,
    private readonly encode: EncodeBatch = concatenate,
    /** Where batches go. */
    private readonly source: SourceChoice = "auto",
    /**
     * What a batch is sent for: told how much of what was submitted is in it, and how many inputs there are, before anybody can see it; again, if it then
     * goes elsewhere.
     */
    private readonly keyOf: (count: number, place: number) => string = (_count, place) => `batch:${place}`,
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs, node.chain.transactions);
  }

  /** Adds a guest's transaction to the next batch. */
  public submit(transaction: Uint8Array): void {
    this.collected.push(transaction);
  }

  /** What waits for the next batch. */
  public get pending(): readonly Uint8Array[] {
    return this.collected;
  }

  /** What `postBatch` would cost, on L1 if there is a committee: that is not bothered for it. */
  public async preflight(): Promise<Preflight> {
    await this.node.sync();
    const prepared = await this.prepareOnL1(this.batch());
    return this.sender.preflight("post a batch", await this.transaction(prepared), prepared.cargo);
  }

  /**
   * Appends the messages that wait and a batch of what was submitted, which may be nothing, or of as much of it as one batch can hold: the
   * rest stays `pending`.
   * @throws {RollupError} `SOURCE_UNKNOWN`, `SOURCE_IMPOSSIBLE`. @throws {QuorumMissedError} If it cannot go to L1 instead.
   */
  public async postBatch(): Promise<PostedBatch> {
    await this.drainTo(MESSAGES_PER_TRANSACTION);
    const batch = this.batch();
    const done = (await this.postCertified(batch)) ?? (await this.post(await this.prepareOnL1(batch)));
    // What was submitted meanwhile is for the next one.
    this.collected = this.collected.slice(done.transactions);
    await this.node.sync();
    return done;
  }

  /** Appends all messages that wait, without a batch; a sequencer need not wait until they are overdue. */
  public drain(): Promise<Done[]> {
    return this.drainTo(0);
  }

  private async drainTo(left: number): Promise<Done[]> {
    const done: Done[] = [];
    await this.node.sync();
    while (this.node.derivation.waiting.length > left) {
      const messages = this.messages();
      const { inbox } = this.node.chain.contracts;
      const text = `append ${messages.length} messages`;
      const populated = inbox.forceInclude.populateTransaction(messages);
      const purpose = { key: `drain:${this.node.derivation.count}` };
      const sent = await this.sender.send("drain", text, populated, undefined, purpose);
      done.push(sent);
      if (sent.resumed) return done;
      await this.node.sync();
    }
    return done;
  }

  private messages(): MessageFields[] {
    return this.node.derivation.waiting.slice(0, MESSAGES_PER_TRANSACTION).map(fieldsOf);
  }

  /** A batch of the first of what was submitted. */
  private batch(count = this.collected.length): Batch {
    const messages = this.messages();
    const number = this.node.derivation.count + messages.length;
    return { data: this.encode(this.collected.slice(0, count)), messages, number, count };
  }

  /** Undefined if the committee is not to be asked, or does not certify the batch in time and it may go to L1. */
  private async postCertified(batch: Batch): Promise<PostedBatch | undefined> {
    const { chain, derivation } = this.node;
    if ((this.source !== "auto" && this.source !== "committee") || !hasCommittee(chain)) return undefined;
    const { lastInput } = derivation;
    // Members sign one batch for its place: it is decided before they see it, also for who goes on after a kill.
    const key = this.keyFor(batch);
    try {
      const { posting, certified } = await certifyPosting(chain, batch.data, lastInput, this.signer);
      return await this.post({ batch, posting, posted: certified.posted }, key);
    } catch (error) {
      if (this.source === "committee" || !mayFallBack(chain, error)) throw error;
      const text = "have the batch kept by the committee; it goes to L1";
      this.onEvent({ type: "skipped", action: "batch", text, reason: error.message });
      return undefined;
    }
  }

  /** @param key What it is sent for, where that is decided. */
  private async post(prepared: PreparedBatch, key?: string): Promise<PostedBatch> {
    const { batch, posting, cargo } = prepared;
    if (posting.prices.length > 1) this.onEvent({ type: "compared", text: describePosting(posting) });
    const where =
      cargo === undefined ? PLACES[posting.source] : ` in ${formatBlobs(BLOB_GAS * BigInt(cargo.blobs.length))}`;
    const text = `post a batch of ${batch.count} transactions${where} after ${batch.messages.length} messages`;
    const purpose = { key: key ?? this.keyFor(batch) };
    const done = await this.sender.send("batch", text, this.transaction(prepared), cargo, purpose);
    // What was in a batch that another process has begun, only L1 knows.
    return { ...done, posting, transactions: done.resumed ? 0 : batch.count };
  }

  private keyFor({ count, number, messages }: Batch): string {
    return this.keyOf(count, number - messages.length);
  }

  /** Chooses where on L1 a batch goes; where it is too long for all places, half of it. */
  private async prepareOnL1(batch: Batch): Promise<PreparedBatch> {
    const { data, messages, count } = batch;
    const posting = await this.choose(data).catch((error: unknown) => {
      if (count > 1 && error instanceof RollupError && error.code === "SOURCE_IMPOSSIBLE") return undefined;
      throw error;
    });
    if (posting === undefined) return this.prepareOnL1(this.batch(count >> 1));
    if (posting.source !== "blob") return { batch, posting, posted: bytesToHex(data) };
    const gasBound = BLOB_BATCH_GAS + MESSAGE_GAS * BigInt(messages.length);
    const posted = bytesToHex(encodeBlobBatch({ length: data.length, first: 0 }));
    return { batch, posting, posted, cargo: { blobs: await prepareBlobs(packBlobs(data)), gasBound } };
  }

  private async choose(data: Uint8Array): Promise<Posting> {
    return choosePosting(this.node.chain, await this.sender.address(), data, this.source);
  }

  private transaction({ batch, posting, posted }: PreparedBatch): Promise<ContractTransaction> {
    const { inbox } = this.node.chain.contracts;
    return inbox.appendBatch.populateTransaction(batch.number, posting.index, posted, [...batch.messages]);
  }
}
