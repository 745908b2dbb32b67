import { HDNodeWallet, Wallet, type TransactionReceipt } from "ethers";

import type { RollupError } from "../../plugin/errors.js";
import { encodeLedgerTransaction, signLedgerTransaction, type LedgerDomain } from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import type { NodeClient } from "../../plugin/service/nodeClient.js";
import type { Random } from "./random.js";

const PHRASE = "test test test test test test test test test test test junk";
/** The node's accounts that have one in the ledger, too. */
const FIRST_ACCOUNT = 5;

/** One of so many transactions takes something out. */
const WITHDRAWALS = 6;

/** What was signed and handed in. */
interface Sent {
  readonly data: Uint8Array;
  /** Nobody of the ledger for a withdrawal. */
  readonly to: ModelAccount | undefined;
  readonly amount: bigint;
}

/** An account as the model has it. Transfers are small and deposits large, so that the order of what happens changes nothing. */
export interface ModelAccount {
  readonly wallet: HDNodeWallet;
  readonly address: Hex;
  nonce: bigint;
  balance: bigint;
  /** Signed and handed in, and not known to be accepted: the same bytes are handed in until they are. */
  waiting: Sent | undefined;
}

/** A deposit that was mined once. It counts if it is there in the end. */
export interface ModelDeposit {
  readonly hash: string;
  readonly to: ModelAccount;
  readonly amount: bigint;
}

/** Users, and what their accounts must be in the end. */
export class Load {
  public accepted = 0;
  public refused = 0;
  /** What was taken out, in wei, and who gets that on the settlement layer. */
  public withdrawn = 0n;
  public readonly purse = Wallet.createRandom().address.toLowerCase() as Hex;
  public readonly deposits: ModelDeposit[] = [];
  public readonly accounts: readonly ModelAccount[];

  public constructor(
    count: number,
    private readonly domain: LedgerDomain,
    private readonly random: Random,
  ) {
    this.accounts = Array.from({ length: count }, (_, index) => {
      const wallet = HDNodeWallet.fromPhrase(PHRASE, "", `m/44'/60'/0'/0/${FIRST_ACCOUNT + index}`);
      return { wallet, address: wallet.address.toLowerCase() as Hex, nonce: 0n, balance: 0n, waiting: undefined };
    });
  }

  /** Somebody sends somebody something, or tries again what was not answered. */
  public async step(server: NodeClient | undefined): Promise<void> {
    const from = this.random.pick(this.accounts);
    from.waiting ??= await this.sign(from);
    if (server === undefined) return;
    const sent = from.waiting;
    await server.send(sent.data).then(
      () => this.apply(from, sent),
      (error: RollupError) => {
        if (error.code !== "NODE_UNREACHABLE") this.refused += 1;
      },
    );
  }

  /** What was never answered may have been accepted all the same: it is handed in until it is. */
  public async settle(server: NodeClient): Promise<number> {
    for (const from of this.accounts) {
      if (from.waiting === undefined) continue;
      const sent = from.waiting;
      await server.send(sent.data).then(
        () => this.apply(from, sent),
        () => undefined,
      );
    }
    return this.accounts.filter(({ waiting }) => waiting !== undefined).length;
  }

  /** Counts the deposits that are there in the end. */
  public async countDeposits(receiptOf: (hash: string) => Promise<TransactionReceipt | null>): Promise<number> {
    let lost = 0;
    for (const { hash, to, amount } of this.deposits) {
      const receipt = await receiptOf(hash);
      if (receipt?.status === 1) to.balance += amount;
      else lost += 1;
    }
    return lost;
  }

  private apply(from: ModelAccount, { to, amount }: Sent): void {
    this.accepted += 1;
    from.waiting = undefined;
    from.nonce += 1n;
    from.balance -= amount;
    if (to === undefined) this.withdrawn += amount;
    else to.balance += amount;
  }

  private async sign(from: ModelAccount): Promise<Sent> {
    const to = this.random.below(WITHDRAWALS) === 0 ? undefined : this.random.pick(this.accounts);
    const amount = BigInt(1 + this.random.below(1_000_000));
    const action = to === undefined ? "withdrawal" : "transfer";
    const transaction = { action, to: to?.address ?? this.purse, amount, nonce: from.nonce } as const;
    const signed = await signLedgerTransaction(from.wallet, this.domain, transaction);
    return { data: encodeLedgerTransaction(signed), to, amount };
  }
}
