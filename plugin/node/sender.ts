import type { ContractTransaction, Signer, TransactionReceipt, TransactionRequest } from "ethers";

import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { ActionKind, Cost, OnEvent, Spent } from "./events.js";
import { explainRevert, isRevert, RevertedError } from "./reverts.js";
import { Spending } from "./spending.js";

/** Room above the estimate, in percent, for what changes until a transaction is mined. */
const GAS_MARGIN = 20n;
/** The most gas that one transaction may have since Osaka. */
const MAX_TRANSACTION_GAS = 2n ** 24n;

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
}

/** What a transaction would cost, and whether its sender can pay. */
export interface Preflight {
  readonly cost: Cost;
  /** In wei. */
  readonly balance: bigint;
  readonly affordable: boolean;
}

/** Sends one account's transactions: each is estimated, checked against the balance and told before it is paid for. */
export class Sender {
  /** What was spent so far. */
  public readonly spending = new Spending();

  public constructor(
    public readonly signer: Signer,
    private readonly onEvent: OnEvent = () => undefined,
  ) {}

  public async address(): Promise<Hex> {
    return (await this.signer.getAddress()).toLowerCase() as Hex;
  }

  /**
   * Tells what a transaction will cost.
   * @throws {RevertedError} If it would revert; the reason names the contract's error.
   */
  public async preflight(text: string, transaction: ContractTransaction): Promise<Preflight> {
    const provider = this.signer.provider;
    if (provider === null) throw new RollupError("NO_PROVIDER", "The account is not connected to a network.");
    const [gas, fees, balance] = await Promise.all([
      this.estimate(text, transaction),
      provider.getFeeData(),
      provider.getBalance(await this.signer.getAddress()),
    ]);
    const fee = gas * (fees.gasPrice ?? fees.maxFeePerGas ?? 0n);
    const value = transaction.value ?? 0n;
    return { cost: { gas, fee, value }, balance, affordable: balance >= fee + value };
  }

  /**
   * Sends a transaction and waits until it is mined.
   * @param text What it does, for people.
   * @throws {RevertedError} If it would revert, when nothing is spent, or if it did because another was faster, when its gas is.
   * @throws {RollupError} `INSUFFICIENT_FUNDS`, before anything is spent.
   */
  public async send(action: ActionKind, text: string, populated: Promise<ContractTransaction>): Promise<Done> {
    const transaction = await populated;
    const { cost, balance, affordable } = await this.preflight(text, transaction);
    if (!affordable) throw insufficientFunds(text, await this.address(), cost, balance);
    this.onEvent({ type: "sending", action, text, cost });
    const receipt = await this.mine(text, { ...transaction, gasLimit: limitOf(cost.gas) });
    return this.account(action, text, cost.value, receipt);
  }

  /** Others may have been faster since the estimate: what reverts now is refused as much as what would have reverted then. */
  private async mine(text: string, transaction: TransactionRequest): Promise<TransactionReceipt> {
    try {
      const sent = await this.signer.sendTransaction(transaction);
      const receipt = await sent.wait();
      if (receipt !== null) return receipt;
      throw new RollupError("NOT_MINED", "A transaction was not mined.", { hash: sent.hash });
    } catch (error) {
      if (!isRevert(error)) throw error;
      throw new RevertedError(text, await explainRevert(error), error as Error);
    }
  }

  private async account(action: ActionKind, text: string, value: bigint, receipt: TransactionReceipt): Promise<Done> {
    const block = await receipt.getBlock();
    const spent: Spent = { gas: receipt.gasUsed, fee: receipt.fee, value };
    const hash = receipt.hash as Hex;
    const timestamp = BigInt(block.timestamp);
    this.spending.add(action, spent);
    this.onEvent({ type: "sent", action, text, hash, timestamp, spent });
    return { action, text, hash, block: receipt.blockNumber, timestamp, spent, receipt };
  }

  private async estimate(text: string, transaction: ContractTransaction): Promise<bigint> {
    try {
      return await this.signer.estimateGas(transaction);
    } catch (error) {
      throw new RevertedError(text, await explainRevert(error), error as Error);
    }
  }
}

function limitOf(gas: bigint): bigint {
  const limit = (gas * (100n + GAS_MARGIN)) / 100n;
  return limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS;
}

function insufficientFunds(text: string, account: Hex, cost: Cost, balance: bigint): RollupError {
  return new RollupError("INSUFFICIENT_FUNDS", `The account cannot pay for: ${text}.`, {
    account,
    bond: formatAmount(cost.value),
    fee: `${formatAmount(cost.fee)} (${cost.gas} gas)`,
    balance: formatAmount(balance),
  });
}
