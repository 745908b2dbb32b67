import { randomUUID } from "node:crypto";

import type { ContractTransaction, Provider, Signer, TransactionReceipt } from "ethers";

import type { BlobAccess } from "../blobs/access.js";
import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { Intent } from "../l1/intent.js";
import type { TransactionManager } from "../l1/transactionManager.js";
import type { TransactionManagers } from "../l1/transactionManagers.js";
import { BLOB_GAS, blobBaseFee, blobSpent, NO_BLOBS, type BlobSpent } from "./blobFees.js";
import { BLOB_FEE_MARGIN, estimateWithBlobs, explainMined, sendWithBlobs, type BlobCargo } from "./blobTransaction.js";
import type { ActionKind, Cost, OnEvent, Spent } from "./events.js";
import { explainRefused, intendedOf, receiptOf, type Purpose } from "./managedSending.js";
import { explainRevert, isRevert, RevertedError } from "./reverts.js";
import { Spending } from "./spending.js";

/** Room above the estimate, in percent, for what changes until a transaction is mined. */
const GAS_MARGIN = 20n;
/** The most gas that one transaction may have since Osaka. */
const MAX_TRANSACTION_GAS = 2n ** 24n;

/** A transaction with a limit to its gas. */
type Limited = ContractTransaction & { readonly gasLimit: bigint };

/** A transaction that was mined. */
export interface Done {
  readonly action: ActionKind;
  readonly text: string;
  readonly hash: Hex;
  readonly block: number;
  /** Of its block, in seconds. */
  readonly timestamp: bigint;
  readonly spent: Spent;
  readonly receipt: TransactionReceipt;
  /** Whether it was begun before it was asked for, by this process or one that was killed. */
  readonly resumed: boolean;
}

/** What a transaction would cost, and whether its sender can pay. */
export interface Preflight {
  readonly cost: Cost;
  /** In wei. */
  readonly balance: bigint;
  /** What the balance must be for the settlement layer to take it, in wei: for prices that grow, more than it costs. */
  readonly needed: bigint;
  readonly affordable: boolean;
}

/** Sends one account's transactions: each is estimated, checked against the balance and told before it is paid for. */
export class Sender {
  /** What was spent so far. */
  public readonly spending = new Spending();

  /**
   * @param blobs How to send blobs; without it, transactions that carry some are refused.
   * @param transactions Who sends for accounts that are managed.
   */
  public constructor(
    public readonly signer: Signer,
    private readonly onEvent: OnEvent = () => undefined,
    private readonly blobs?: BlobAccess,
    private readonly transactions?: TransactionManagers,
  ) {}

  /** Whether several transactions of the account may be sent at once: each has a nonce of its own, and is waited for by itself. */
  public async managed(): Promise<boolean> {
    return (await this.manager()) !== undefined;
  }

  /** What something is for that comes up again and again, such as taking home what was won: as `TransactionManager.recurringKey` says. */
  public async recurring(action: ActionKind): Promise<Purpose> {
    return { key: (await this.manager())?.recurringKey(action) ?? unlikeAnyOther(action) };
  }

  public async address(): Promise<Hex> {
    return (await this.signer.getAddress()).toLowerCase() as Hex;
  }

  /**
   * Tells what a transaction will cost.
   * @param cargo The blobs that it carries.
   * @throws {RevertedError} If it would revert; the reason names the contract's error.
   */
  public async preflight(text: string, transaction: ContractTransaction, cargo?: BlobCargo): Promise<Preflight> {
    const provider = this.provider;
    const [gas, fees, blobs, balance] = await Promise.all([
      this.estimate(text, transaction, cargo),
      provider.getFeeData(),
      this.blobCost(cargo),
      provider.getBalance(await this.signer.getAddress()),
    ]);
    const fee = gas * (fees.gasPrice ?? fees.maxFeePerGas ?? 0n);
    const value = transaction.value ?? 0n;
    const cost = { gas, fee, ...blobs, value };
    const offered = cargo === undefined ? fee : limitOf(gas) * (fees.maxFeePerGas ?? fees.gasPrice ?? 0n);
    const needed = offered + BLOB_FEE_MARGIN * blobs.blobFee + value;
    return { cost, balance, needed, affordable: balance >= needed };
  }

  /**
   * Sends a transaction and waits until it is mined.
   * @param text What it does, for people.
   * @param cargo The blobs that it carries.
   * @param purpose What it is for. Where the account is managed, it is done once, also by a process that is killed meanwhile; without it, it is unlike
   * anything else.
   * @throws {RevertedError} If it would revert, when nothing is spent, or if it did because another was faster, when its gas is.
   * @throws {RollupError} `INSUFFICIENT_FUNDS`, `BLOB_KEY_MISSING`, `BLOBS_UNSUPPORTED`, before anything is spent.
   */
  public async send(
    action: ActionKind,
    text: string,
    populated: Promise<ContractTransaction>,
    cargo?: BlobCargo,
    purpose: Purpose = { key: unlikeAnyOther(action) },
  ): Promise<Done> {
    const transaction = await populated;
    const manager = await this.manager();
    const begun = manager?.find(purpose.key);
    if (manager !== undefined && begun !== undefined) return this.accountManaged(manager, begun, true);
    const cost = await this.tell(action, text, transaction, cargo);
    if (manager !== undefined) {
      for (const { data, commitment } of cargo?.blobs ?? []) await this.access.store.put(data, commitment);
      const intended = intendedOf(transaction, limitOf(cost.gas), cargo);
      const intent = await manager.send({ ...purpose, action, text, transaction: intended });
      return this.accountManaged(manager, intent, false);
    }
    const receipt = await this.mine(text, { ...transaction, gasLimit: limitOf(cost.gas) }, cargo);
    return this.account(action, text, cost, receipt);
  }

  /** What it will cost, once that is told. @throws {RollupError} If it cannot be sent. */
  private async tell(
    action: ActionKind,
    text: string,
    transaction: ContractTransaction,
    cargo: BlobCargo | undefined,
  ): Promise<Cost> {
    const preflight = await this.preflight(text, transaction, cargo);
    if (!preflight.affordable) throw insufficientFunds(text, await this.address(), preflight);
    this.onEvent({ type: "sending", action, text, cost: preflight.cost });
    return preflight.cost;
  }

  private async accountManaged(manager: TransactionManager, begun: Intent, resumed: boolean): Promise<Done> {
    const { intent, receipt } = await receiptOf(this.provider, manager, begun);
    const { action, text, transaction } = intent;
    if (receipt.status === 0) {
      const reason = await explainRefused(this.provider, intent);
      throw new RevertedError(text, reason, new Error(`transaction ${receipt.hash}`));
    }
    const blobGas = BLOB_GAS * BigInt(transaction.blobs.length);
    const blobFee = blobGas === 0n ? 0n : intent.mined!.fee - receipt.fee;
    const spent = { gas: receipt.gasUsed, fee: receipt.fee, blobGas, blobFee, value: transaction.value };
    return this.conclude({ action, text, spent, receipt, resumed });
  }

  /** Others may have been faster since the estimate: what reverts now is refused as much as what would have reverted then. */
  private async mine(text: string, transaction: Limited, cargo: BlobCargo | undefined): Promise<TransactionReceipt> {
    try {
      const [hash, receipt] = await this.sendAndWait(transaction, cargo);
      if (receipt === null) throw new RollupError("NOT_MINED", "A transaction was not mined.", { hash });
      if (receipt.status !== 0 || cargo === undefined) return receipt;
      const reason = await explainMined(this.access, await this.address(), transaction, cargo);
      throw new RevertedError(text, reason, new Error(`transaction ${hash}`));
    } catch (error) {
      if (!isRevert(error)) throw error;
      throw new RevertedError(text, await explainRevert(error), error as Error);
    }
  }

  private async sendAndWait(
    transaction: Limited,
    cargo: BlobCargo | undefined,
  ): Promise<[hash: string, receipt: TransactionReceipt | null]> {
    if (cargo === undefined) {
      const sent = await this.signer.sendTransaction(transaction);
      return [sent.hash, await sent.wait()];
    }
    const hash = await sendWithBlobs(this.access, this.provider, await this.address(), transaction, cargo);
    return [hash, await this.provider.waitForTransaction(hash)];
  }

  private async account(action: ActionKind, text: string, cost: Cost, receipt: TransactionReceipt): Promise<Done> {
    const blobs = cost.blobGas === 0n ? NO_BLOBS : await blobSpent(this.access, receipt.hash as Hex, cost);
    const spent: Spent = { gas: receipt.gasUsed, fee: receipt.fee, ...blobs, value: cost.value };
    return this.conclude({ action, text, spent, receipt, resumed: false });
  }

  private async conclude(done: Omit<Done, "hash" | "block" | "timestamp">): Promise<Done> {
    const { action, text, spent, receipt } = done;
    const hash = receipt.hash as Hex;
    const timestamp = BigInt((await receipt.getBlock()).timestamp);
    this.spending.add(action, spent);
    this.onEvent({ type: "sent", action, text, hash, timestamp, spent });
    return { ...done, hash, block: receipt.blockNumber, timestamp };
  }

  private async estimate(text: string, transaction: ContractTransaction, cargo?: BlobCargo): Promise<bigint> {
    try {
      if (cargo === undefined) return await this.signer.estimateGas(transaction);
      return await estimateWithBlobs(this.access, await this.address(), transaction, cargo);
    } catch (error) {
      if (error instanceof RollupError) throw error;
      throw new RevertedError(text, await explainRevert(error), error as Error);
    }
  }

  private async blobCost(cargo: BlobCargo | undefined): Promise<BlobSpent> {
    if (cargo === undefined) return NO_BLOBS;
    const blobGas = BLOB_GAS * BigInt(cargo.blobs.length);
    return { blobGas, blobFee: blobGas * ((await blobBaseFee(this.access)) ?? 0n) };
  }

  private async manager(): Promise<TransactionManager | undefined> {
    return this.transactions?.of(await this.address());
  }

  private get access(): BlobAccess {
    if (this.blobs !== undefined) return this.blobs;
    throw new RollupError("BLOB_KEY_MISSING", "This account cannot send blobs: nothing is known of its key.");
  }

  private get provider(): Provider {
    if (this.signer.provider !== null) return this.signer.provider;
    throw new RollupError("NO_PROVIDER", "The account is not connected to a network.");
  }
}

function unlikeAnyOther(action: ActionKind): string {
  return `${action}:${randomUUID()}`;
}

function limitOf(gas: bigint): bigint {
  const limit = (gas * (100n + GAS_MARGIN)) / 100n;
  return limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS;
}

function insufficientFunds(text: string, account: Hex, { cost, balance, needed }: Preflight): RollupError {
  return new RollupError("INSUFFICIENT_FUNDS", `The account cannot pay for: ${text}.`, {
    account,
    bond: formatAmount(cost.value),
    fee: `${formatAmount(cost.fee)} (${cost.gas} gas)`,
    "blob fee": cost.blobGas === 0n ? undefined : `${formatAmount(cost.blobFee)} (${cost.blobGas} blob gas)`,
    needed: cost.blobGas === 0n ? undefined : `${formatAmount(needed)}, since prices may grow`,
    balance: formatAmount(balance),
  });
}
