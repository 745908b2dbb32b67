import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbstractSigner, type TransactionRequest, type TransactionResponse } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import type { Wrapper } from "../../types/ethers-contracts/index.js";

/** An account whose transactions are sent by others or seen by others; it signs nothing itself. */
abstract class BorrowedSigner extends AbstractSigner {
  public constructor(protected readonly account: HardhatEthersSigner) {
    super(account.provider);
  }

  public getAddress(): Promise<string> {
    return this.account.getAddress();
  }

  public connect(): this {
    return this;
  }

  public signTransaction(): Promise<string> {
    throw new Error("A borrowed account signs nothing itself.");
  }

  public signTypedData(): Promise<string> {
    throw new Error("A borrowed account signs nothing itself.");
  }

  public signMessage(): Promise<string> {
    throw new Error("A borrowed account signs nothing itself.");
  }
}

/** An account whose every transaction is seen by somebody, who may do something just before it is mined. */
export class WatchedSigner extends BorrowedSigner {
  public constructor(
    account: HardhatEthersSigner,
    private readonly before: (transaction: TransactionRequest) => Promise<void>,
  ) {
    super(account);
  }

  public override async sendTransaction(transaction: TransactionRequest): Promise<TransactionResponse> {
    await this.before(transaction);
    return this.account.sendTransaction(transaction);
  }
}

/** Somebody who does everything through a contract, so that what is said is in no transaction's calldata at the top. */
export class WrappedSigner extends BorrowedSigner {
  public constructor(
    account: HardhatEthersSigner,
    private readonly wrapper: Wrapper,
    private readonly wrapperAddress: Hex,
  ) {
    super(account);
  }

  public override getAddress(): Promise<string> {
    return Promise.resolve(this.wrapperAddress);
  }

  public override estimateGas(transaction: TransactionRequest): Promise<bigint> {
    const { to, data, value } = transaction;
    return this.wrapper.connect(this.account).forward.estimateGas(to!, data!, { value });
  }

  public override sendTransaction({ to, data, value }: TransactionRequest): Promise<TransactionResponse> {
    return this.wrapper.connect(this.account).forward(to!, data!, { value });
  }
}
