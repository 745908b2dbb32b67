import type { ContractTransaction, Signer } from "ethers";

import { packBlobs } from "../blobs/packing.js";
import { bytesToHex } from "../hex.js";
import { encodeBlobBatch } from "../sources/blobSource.js";
import { prepareBlobs, type BlobCargo } from "./blobTransaction.js";
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

/** A batch that is ready to be sent. */
interface PreparedBatch {
  readonly posting: Posting;
  readonly transaction: Promise<ContractTransaction>;
  readonly cargo?: BlobCargo;
}

/** How submitted transactions become a batch; a guest's own affair. */
export type EncodeBatch = (transactions: readonly Uint8Array[]) => Uint8Array;

/** Puts transactions one after the other. */
export function concatenate(transactions: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(transactions));
}

/** Collects transactions and posts them as batches, each after the L1 messages that wait. */
export class Sequencer {
  public readonly sender: Sender;
  private collected: Uint8Array[] = [];

  public constructor(
    public readonly node: RollupNode,
    signer: Signer,
    private readonly onEvent: OnEvent = node.onEvent,
    private readonly encode: EncodeBatch = concatenate,
    /** Where batches go. */
    private readonly source: SourceChoice = "auto",
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs);
  }

  /** Adds a guest's transaction to the next batch. */
  public submit(transaction: Uint8Array): void {
    this.collected.push(transaction);
  }

  /** What waits for the next batch. */
  public get pending(): readonly Uint8Array[] {
    return this.collected;
  }

  /** What `postBatch` would cost. */
  public async preflight(): Promise<Preflight> {
    await this.node.sync();
    const { transaction, cargo } = await this.prepare(this.messages());
    return this.sender.preflight("post a batch", await transaction, cargo);
  }

  /**
   * Appends the messages that wait and a batch of what was submitted, which may be nothing.
   * @throws {RollupError} `SOURCE_UNKNOWN`, `SOURCE_IMPOSSIBLE`.
   */
  public async postBatch(): Promise<Done & { readonly posting: Posting }> {
    await this.drainTo(MESSAGES_PER_TRANSACTION);
    const messages = this.messages();
    const { posting, transaction, cargo } = await this.prepare(messages);
    if (posting.prices.length > 1) this.onEvent({ type: "compared", text: describePosting(posting) });
    const where = cargo === undefined ? "" : ` in ${cargo.blobs.length} blobs`;
    const text = `post a batch of ${this.collected.length} transactions${where} after ${messages.length} messages`;
    const done = await this.sender.send("batch", text, transaction, cargo);
    this.collected = [];
    await this.node.sync();
    return { ...done, posting };
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
      done.push(await this.sender.send("drain", text, inbox.forceInclude.populateTransaction(messages)));
      await this.node.sync();
    }
    return done;
  }

  private messages(): MessageFields[] {
    return this.node.derivation.waiting.slice(0, MESSAGES_PER_TRANSACTION).map(fieldsOf);
  }

  /** A batch of what was submitted, for the source that it goes to. */
  private async prepare(messages: MessageFields[]): Promise<PreparedBatch> {
    const { chain } = this.node;
    const data = this.encode(this.collected);
    const posting = await choosePosting(chain, await this.sender.address(), data, this.source);
    const inBlobs = posting.source === "blob";
    const posted = inBlobs ? encodeBlobBatch({ length: data.length, first: 0 }) : data;
    const { appendBatch } = chain.contracts.inbox;
    const transaction = appendBatch.populateTransaction(posting.index, bytesToHex(posted), messages);
    if (!inBlobs) return { posting, transaction };
    const gasBound = BLOB_BATCH_GAS + MESSAGE_GAS * BigInt(messages.length);
    return { posting, transaction, cargo: { blobs: await prepareBlobs(packBlobs(data)), gasBound } };
  }
}
