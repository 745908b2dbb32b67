import type { ContractTransaction, Signer } from "ethers";

import { bytesToHex } from "../hex.js";
import { fieldsOf, type MessageFields } from "./derive.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { Sender, type Done, type Preflight } from "./sender.js";

/** The most L1 messages that one transaction appends, so that it stays far below the gas that one may have. */
export const MESSAGES_PER_TRANSACTION = 100;

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
    onEvent: OnEvent = node.onEvent,
    private readonly encode: EncodeBatch = concatenate,
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
    return this.sender.preflight("post a batch", await this.batch(this.messages()));
  }

  /** Appends the messages that wait and a batch of what was submitted, which may be nothing. */
  public async postBatch(): Promise<Done> {
    await this.drainTo(MESSAGES_PER_TRANSACTION);
    const messages = this.messages();
    const text = `post a batch of ${this.collected.length} transactions after ${messages.length} messages`;
    const done = await this.sender.send("batch", text, this.batch(messages));
    this.collected = [];
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
      done.push(await this.sender.send("drain", text, inbox.forceInclude.populateTransaction(messages)));
      await this.node.sync();
    }
    return done;
  }

  private messages(): MessageFields[] {
    return this.node.derivation.waiting.slice(0, MESSAGES_PER_TRANSACTION).map(fieldsOf);
  }

  private batch(messages: MessageFields[]): Promise<ContractTransaction> {
    const data = bytesToHex(this.encode(this.collected));
    return this.node.chain.contracts.inbox.appendBatch.populateTransaction(0, data, messages);
  }
}
