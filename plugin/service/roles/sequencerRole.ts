import type { Signer } from "ethers";

import { pointReached } from "../../l1/killPoints.js";
import { hasCommittee } from "../../node/certifiedPosting.js";
import type { OnEvent } from "../../node/events.js";
import type { RollupNode } from "../../node/node.js";
import type { SourceChoice } from "../../node/postingPrices.js";
import { Sequencer } from "../../node/sequencer.js";
import type { TransactionTable, WaitingTransaction } from "../database/transactionTable.js";
import type { GuestView } from "../guestView.js";
import type { Mempool } from "../mempool.js";
import type { NodeConfig } from "../nodeConfig.js";

/** What a sequencer's role works with. */
export interface SequencerParts {
  readonly node: RollupNode;
  readonly signer: Signer;
  readonly table: TransactionTable;
  readonly mempool: Mempool;
  readonly view: GuestView;
  readonly config: Pick<NodeConfig, "batchInterval" | "batchBytes">;
  /** Whether a transaction for a purpose may be or was sent. */
  readonly isBegun: (key: string) => boolean;
  /** Where batches go; what is cheapest if absent. */
  readonly source?: SourceChoice;
  readonly onEvent?: OnEvent;
}

/**
 * Posts what users handed in, each transaction in one batch. Which batch that is is written down before anybody can see the batch; as long as it may
 * be or was posted, it is waited for, and no other is made.
 */
export class SequencerRole {
  /** The message that waits first, and since when this process knows it, in milliseconds. */
  private first: { readonly message: bigint; readonly since: number } | undefined;

  public constructor(private readonly parts: SequencerParts) {}

  /** Posts a batch, or the messages that wait, if it is time. Gives 0 where the next batch is due at once. */
  public async round(): Promise<number | undefined> {
    const { node } = this.parts;
    await node.sync();
    if (this.isUnsettled()) return undefined;
    const signed = this.maybeSigned();
    if (signed.length > 0 || this.isBatchDue()) {
      await this.postBatch(signed.length > 0 ? signed : this.choose());
      return this.isBatchDue() ? 0 : undefined;
    }
    if (await this.areMessagesDue()) await new Sequencer(node, this.parts.signer, this.parts.onEvent).drain();
    return undefined;
  }

  /** Whether a batch that was made may still be posted. Those that cannot give their transactions back, but for one that members may have signed. */
  private isUnsettled(): boolean {
    const { node, table, mempool, isBegun } = this.parts;
    let unsettled = false;
    for (const batch of table.openBatches) {
      if (isBegun(batch)) unsettled = true;
      else if (!this.mayBeSigned(batch)) {
        table.release(batch);
        mempool.load(Number(node.executor.inputCount));
      }
    }
    return unsettled;
  }

  /** The transactions of a batch that members of the committee may have signed for its place: they sign no other there. */
  private maybeSigned(): WaitingTransaction[] {
    const { table } = this.parts;
    return table.openBatches.filter((batch) => this.mayBeSigned(batch)).flatMap((batch) => table.batched(batch));
  }

  private mayBeSigned(batch: string): boolean {
    const { node, source = "auto" } = this.parts;
    const isAsked = (source === "auto" || source === "committee") && hasCommittee(node.chain);
    return isAsked && batch.split(":")[1] === String(node.derivation.count);
  }

  private isBatchDue(): boolean {
    const { table, config, view } = this.parts;
    const { count, bytes, oldest } = table.backlog;
    if (count === 0 || oldest === undefined) return false;
    const isFull = bytes >= config.batchBytes || count >= view.maximumTransactions;
    return isFull || Date.now() - oldest >= config.batchInterval * 1_000;
  }

  /** By the settlement layer's clock or by this process's: the former stands still where nobody else sends anything. */
  private async areMessagesDue(): Promise<boolean> {
    const { node, config } = this.parts;
    const [first] = node.derivation.waiting;
    if (first === undefined) return false;
    const known = this.first?.message === first.message ? this.first : { message: first.message, since: Date.now() };
    this.first = known;
    if (Date.now() - known.since >= config.batchInterval * 1_000) return true;
    return (await node.chain.now()) - first.queuedAt >= BigInt(config.batchInterval);
  }

  private async postBatch(chosen: readonly WaitingTransaction[]): Promise<void> {
    const { node, signer, view, source, onEvent } = this.parts;
    const encode = view.encode.bind(view);
    const keyOf = (count: number, place: number): string => this.assign(chosen.slice(0, count), place);
    const sequencer = new Sequencer(node, signer, onEvent, encode, source, keyOf);
    for (const { data } of chosen) sequencer.submit(data);
    await sequencer.postBatch();
    pointReached("batch.posted");
  }

  private choose(): WaitingTransaction[] {
    const { table, config, view } = this.parts;
    const chosen: WaitingTransaction[] = [];
    let bytes = 0;
    for (const transaction of table.waiting(view.maximumTransactions)) {
      bytes += transaction.data.length;
      if (chosen.length > 0 && bytes > config.batchBytes) break;
      chosen.push(transaction);
    }
    return chosen;
  }

  /** Writes down which batch these are in; gives its key. */
  private assign(chosen: readonly WaitingTransaction[], place: number): string {
    const { table, mempool } = this.parts;
    const key = this.freeKey(place);
    pointReached("batch.made");
    table.assign(chosen, key);
    mempool.assigned(chosen.map(({ hash }) => hash));
    pointReached("batch.assigned");
    return key;
  }

  /** After a reorganization a batch may be elsewhere than it was made for, and another one be made for its place. */
  private freeKey(place: number): string {
    for (let count = 0; ; count++) {
      const key = count === 0 ? `batch:${place}` : `batch:${place}:${count}`;
      if (!this.parts.isBegun(key)) return key;
    }
  }
}
