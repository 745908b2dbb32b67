import type { Signer } from "ethers";

import { RollupError } from "./errors.js";
import {
  decodeLedgerBatch,
  encodeLedgerTransaction,
  ledgerSigner,
  LedgerOutputs,
  queryLedgerAccount,
  signLedgerTransaction,
  type LedgerAccount,
  type LedgerDomain,
  type LedgerTransaction,
  type ProvenMessage,
  type ProvenWithdrawal,
  type SignedLedgerTransaction,
} from "./guests/ledger.js";
import type { Hex } from "./hex.js";
import type { RollupNode } from "./node/node.js";
import { ETHER } from "./node/outputs.js";

type Unnumbered<Transaction> = Transaction extends LedgerTransaction ? Omit<Transaction, "nonce"> : never;

/** What somebody wants the ledger to do, before it is known how many transactions come before it. */
export type LedgerOrder = Unnumbered<LedgerTransaction>;

/** Somebody with accounts in a chain whose guest is the ledger. */
export class LedgerUser {
  public constructor(
    private readonly node: RollupNode,
    private readonly signer: Signer,
  ) {}

  public async address(): Promise<Hex> {
    return (await this.signer.getAddress()).toLowerCase() as Hex;
  }

  /**
   * The user's account of a token after all inputs that are on L1.
   * @param token Ether if absent.
   * @throws {RollupError} If the guest is not the ledger.
   */
  public async account(token: Hex = ETHER): Promise<LedgerAccount> {
    const { executor, program } = this.node;
    const boundary = executor.boundary(executor.inputCount);
    if (boundary === undefined) throw new RollupError("NOT_EXECUTED", "The chain is not executed yet.");
    return queryLedgerAccount(program, boundary.snapshot, await this.address(), token);
  }

  /**
   * Signs a transaction, to follow those of the same account that wait in the inbox's queue or with the sequencer. The sequencer
   * appends the queue first.
   * @param waiting What was handed to the sequencer and is not posted yet.
   * @param known Says which nonce is next for an account, where somebody sees more than L1 and `waiting`: a node that runs.
   * @returns The transaction's bytes.
   */
  public async sign(
    order: LedgerOrder,
    waiting: readonly Uint8Array[],
    known?: (address: Hex, token: Hex) => Promise<bigint>,
  ): Promise<Uint8Array> {
    const domain = await this.domain();
    const token = tokenOf(order);
    const nonce = (await known?.(await this.address(), token)) ?? (await this.nextNonce(domain, token, waiting));
    return encodeLedgerTransaction(await signLedgerTransaction(this.signer, domain, { ...order, nonce }));
  }

  private async nextNonce(domain: LedgerDomain, token: Hex, waiting: readonly Uint8Array[]): Promise<bigint> {
    const { nonce } = await this.account(token);
    const queued = this.node.derivation.waiting.map(({ data }) => data);
    return nonce + BigInt(await this.countOwn(domain, token, [...queued, ...waiting]));
  }

  /** The withdrawals that the confirmed state holds and the bridge has not paid, with their proofs. */
  public async unpaid(): Promise<ProvenWithdrawal[]> {
    const { state } = this.node.assertions.confirmed;
    const { bridge } = this.node.chain.contracts;
    const outputs = new LedgerOutputs(this.node.executor.executed());
    const count = BigInt(outputs.countAt(state));
    const found: ProvenWithdrawal[] = [];
    for (const { index } of outputs.withdrawals()) {
      if (index < count && !(await bridge.isWithdrawn(index))) found.push(outputs.proveWithdrawal(state, index));
    }
    return found;
  }

  /** The messages that the confirmed state holds and that were not executed, with their proofs. */
  public async unexecuted(): Promise<ProvenMessage[]> {
    const { state } = this.node.assertions.confirmed;
    const { messenger } = this.node.chain.contracts;
    const outputs = new LedgerOutputs(this.node.executor.executed());
    const count = BigInt(outputs.countAt(state));
    const found: ProvenMessage[] = [];
    for (const { index } of outputs.messages()) {
      if (index < count && !(await messenger.isExecuted(index))) found.push(outputs.proveMessage(state, index));
    }
    return found;
  }

  private async countOwn(domain: LedgerDomain, token: Hex, waiting: readonly Uint8Array[]): Promise<number> {
    const me = await this.address();
    return waiting
      .flatMap(transactionsIn)
      .filter((signed) => tokenOf(signed) === token && ledgerSigner(domain, signed) === me).length;
  }

  private async domain(): Promise<LedgerDomain> {
    const { chainId } = await this.node.chain.provider.getNetwork();
    return { chainId, bridge: this.node.chain.addresses.bridge };
  }
}

/** Whose account a transaction counts with. */
function tokenOf(transaction: LedgerOrder | SignedLedgerTransaction): Hex {
  if (transaction.action === "message") return ETHER;
  return (transaction.token ?? ETHER).toLowerCase() as Hex;
}

/** What waits may be anything: deposits, and bytes that the ledger will reject. */
function transactionsIn(data: Uint8Array): SignedLedgerTransaction[] {
  try {
    return decodeLedgerBatch(data);
  } catch {
    return [];
  }
}
