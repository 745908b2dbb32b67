import type { TransactionReceipt } from "ethers";

import type { Hex } from "../hex.js";
import { BLOB_GAS, blobSpent, NO_BLOBS } from "../node/blobFees.js";
import type { Budget } from "./budget.js";
import { readMarket, type Market } from "./fees.js";
import { finalBlock } from "./finality.js";
import type { Intent, JournalAccount, Mined } from "./intent.js";
import { pointReached } from "./killPoints.js";
import type { SendingPolicy } from "./sendingPolicy.js";
import type { ManagerOptions } from "./transactionManager.js";

/** What one look sees of the settlement layer. */
export interface Sight {
  readonly market: Market;
  /** Up to where nothing is replaced any more. */
  readonly final: number;
  /** Nonces below it are used in the latest block, and in the final one. */
  readonly used: { readonly latest: number; readonly final: number };
}

/** What becomes known of intents. */
export interface IntentWriter {
  /** Writes down what is known of an intent, and tells who waits for it. */
  write(intent: Intent): Intent;
  /** The block that it was in was replaced. */
  reopened(intent: Intent): void;
}

/** Finds which of an account's intents are in blocks, and which of those stay; what it finds is written down. */
export class MinedIntents {
  public constructor(
    private readonly options: ManagerOptions & { readonly clock: () => number },
    private readonly policy: SendingPolicy,
    private readonly account: JournalAccount,
    private readonly budget: Budget,
    private readonly writer: IntentWriter,
  ) {}

  /** The settlement layer as it is now. */
  public async sight(): Promise<Sight> {
    const { provider, request, blobs } = this.options;
    const market = await readMarket(provider, request, blobs !== undefined);
    const final = Math.max(0, await finalBlock(provider, this.policy.finality, market.block));
    const [latest, atFinal] = await Promise.all([
      provider.getTransactionCount(this.account.account),
      provider.getTransactionCount(this.account.account, final),
    ]);
    return { market, final, used: { latest, final: atFinal } };
  }

  /** Whether it is in a block, still, or for good. */
  public async find(intent: Intent, { final }: Sight): Promise<Intent> {
    const receipt = await this.receiptOf(intent);
    if (receipt === undefined) return intent.mined === undefined ? intent : this.reopen(intent);
    const { mined } = intent;
    const same = mined?.blockHash === receipt.blockHash && mined.hash === receipt.hash;
    const seen = same ? intent : await this.record(intent, receipt);
    if (seen.status !== "mined" || receipt.blockNumber > final) return seen;
    pointReached("transaction.final");
    const settled = this.writer.write({ ...seen, status: "final" });
    this.budget.settle(settled);
    return settled;
  }

  /** Of the attempt that was mined, the last ones looked for first. */
  private async receiptOf({ attempts }: Intent): Promise<TransactionReceipt | undefined> {
    for (const { hash } of [...attempts].reverse()) {
      const receipt = await this.options.provider.getTransactionReceipt(hash);
      if (receipt !== null && receipt.status !== null) return receipt;
    }
    return undefined;
  }

  private async record(intent: Intent, receipt: TransactionReceipt): Promise<Intent> {
    pointReached("transaction.mined");
    const mined: Mined = {
      hash: receipt.hash as Hex,
      block: receipt.blockNumber,
      blockHash: receipt.blockHash as Hex,
      succeeded: receipt.status === 1,
      fee: receipt.fee + (await this.blobFee(intent, receipt.hash as Hex)),
      at: this.options.clock(),
    };
    const written = this.writer.write({ ...intent, status: "mined", mined });
    pointReached("transaction.recorded");
    return written;
  }

  private async blobFee({ transaction, attempts }: Intent, hash: Hex): Promise<bigint> {
    const { blobs } = this.options;
    if (transaction.blobs.length === 0 || blobs === undefined) return NO_BLOBS.blobFee;
    const blobGas = BLOB_GAS * BigInt(transaction.blobs.length);
    const offered = attempts.find((attempt) => attempt.hash === hash)?.maxFeePerBlobGas ?? 0n;
    return (await blobSpent(blobs, hash, { blobGas, blobFee: blobGas * offered })).blobFee;
  }

  private reopen(intent: Intent): Intent {
    this.writer.reopened(intent);
    return this.writer.write({ ...intent, status: "sent", mined: undefined });
  }
}
