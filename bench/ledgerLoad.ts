import { Wallet } from "ethers";

import { encodeLedgerTransaction, signLedgerTransaction, type LedgerPaymentAction } from "../plugin/guests/ledger.js";
import { bytesToHex, wordOf, type Hex } from "../plugin/hex.js";
import type { TestChain } from "../plugin/testing/testChain.js";

const ETHER = 10n ** 18n;

/** Transfers of a batch, whose calldata must fit a transaction. */
export const TRANSFERS = 1500;

/** To whom the transfer of that number goes: some accounts take turns. */
export function recipient(at: number): Hex {
  return `0x${(0xacc0 + (at % 100)).toString(16).padStart(40, "0")}`;
}

/** Somebody with an account of the ledger, whose key is here: thousands of transfers are signed without asking a network. */
export class Payer {
  private readonly wallet = new Wallet(bytesToHex(wordOf(0xbe7c4)));
  private nonce = 0n;

  public constructor(private readonly chain: TestChain) {}

  /** Deposits ether for the account; it waits in the inbox's queue. */
  public async deposit(): Promise<void> {
    const user = await this.chain.user();
    await user.deposit(ETHER, this.wallet.address.toLowerCase() as Hex);
  }

  /** A signed transaction to `to`, as bytes. */
  public async sign(action: LedgerPaymentAction, to: Hex, amount = 1n): Promise<Uint8Array> {
    const { provider, addresses } = this.chain.chain;
    const domain = { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
    const transaction = { action, to, amount, nonce: this.nonce++ };
    return encodeLedgerTransaction(await signLedgerTransaction(this.wallet, domain, transaction));
  }
}
