import type { Signer } from "ethers";

import { RollupError } from "./errors.js";
import {
  decodeLedgerBatch,
  encodeLedgerTransaction,
  ledgerSigner,
  LedgerWithdrawals,
  queryLedgerAccount,
  signLedgerTransaction,
  type LedgerAccount,
  type LedgerAction,
  type LedgerDomain,
  type ProvenWithdrawal,
  type SignedLedgerTransaction,
} from "./guests/ledger.js";
import type { Hex } from "./hex.js";
import type { RollupNode } from "./node/node.js";

/** Somebody with an account in a chain whose guest is the ledger. */
export class LedgerUser {
  public constructor(
    private readonly node: RollupNode,
    private readonly signer: Signer,
  ) {}

  public async address(): Promise<Hex> {
    return (await this.signer.getAddress()).toLowerCase() as Hex;
  }

  /** The user's account after all inputs that are on L1. @throws {RollupError} If the guest is not the ledger. */
  public async account(): Promise<LedgerAccount> {
    const { executor, program } = this.node;
    const boundary = executor.boundary(executor.inputCount);
    if (boundary === undefined) throw new RollupError("NOT_EXECUTED", "The chain is not executed yet.");
    return queryLedgerAccount(program, boundary.snapshot, await this.address());
  }

  /**
   * Signs a transfer or a withdrawal, to follow those of the same signer that wait in the inbox's queue or with the sequencer. The
   * sequencer appends the queue first.
   * @param amount In wei.
   * @param waiting What was handed to the sequencer and is not posted yet.
   * @returns The transaction's bytes.
   */
  public async sign(
    action: LedgerAction,
    to: Hex,
    amount: bigint,
    waiting: readonly Uint8Array[],
  ): Promise<Uint8Array> {
    const domain = await this.domain();
    const { nonce } = await this.account();
    const queued = this.node.derivation.waiting.map(({ data }) => data);
    const own = await this.countOwn(domain, [...queued, ...waiting]);
    const transaction = { action, to, amount, nonce: nonce + BigInt(own) };
    return encodeLedgerTransaction(await signLedgerTransaction(this.signer, domain, transaction));
  }

  /** The withdrawals that the confirmed state holds and the bridge has not paid, with their proofs. */
  public async unpaid(): Promise<ProvenWithdrawal[]> {
    const { state } = this.node.assertions.confirmed;
    const { bridge } = this.node.chain.contracts;
    const withdrawals = new LedgerWithdrawals(this.node.executor.executed());
    const found: ProvenWithdrawal[] = [];
    for (let index = 0n; index < BigInt(withdrawals.countAt(state)); index++) {
      if (!(await bridge.isWithdrawn(index))) found.push(withdrawals.prove(state, index));
    }
    return found;
  }

  private async countOwn(domain: LedgerDomain, waiting: readonly Uint8Array[]): Promise<number> {
    const me = await this.address();
    return waiting.flatMap(transactionsIn).filter((signed) => ledgerSigner(domain, signed) === me).length;
  }

  private async domain(): Promise<LedgerDomain> {
    const { chainId } = await this.node.chain.provider.getNetwork();
    return { chainId, bridge: this.node.chain.addresses.bridge };
  }
}

/** What waits may be anything: deposits, and bytes that the ledger will reject. */
function transactionsIn(data: Uint8Array): SignedLedgerTransaction[] {
  try {
    return decodeLedgerBatch(data);
  } catch {
    return [];
  }
}
