import type { Signer } from "ethers";

import { formatAmount } from "../config/amount.js";
import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import type { AssertionNode } from "./assertions.js";
import { fieldsOf } from "./derive.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { Sender, type Done } from "./sender.js";
import { MESSAGES_PER_TRANSACTION } from "./sequencer.js";

/** A leaf of a guest's tree of withdrawals; the twin of `Withdrawal`. */
export interface Withdrawal {
  readonly index: bigint;
  readonly recipient: Hex;
  /** In wei. */
  readonly amount: bigint;
}

/** What anyone can do with a chain through L1: deposit, send messages, force them in, and withdraw. */
export class User {
  public readonly sender: Sender;

  public constructor(
    public readonly node: RollupNode,
    signer: Signer,
    onEvent: OnEvent = node.onEvent,
  ) {
    this.sender = new Sender(signer, onEvent, node.chain.blobs, node.chain.transactions);
  }

  /** Deposits ether for `recipient`, the sender if absent. It waits in the inbox's queue until it is appended. */
  public async deposit(amount: bigint, recipient?: Hex): Promise<Done> {
    const to = recipient ?? (await this.sender.address());
    const { bridge } = this.node.chain.contracts;
    const populated = bridge.deposit.populateTransaction(to, { value: amount });
    return this.sender.send("deposit", `deposit ${formatAmount(amount)} for ${to}`, populated);
  }

  /** Queues an L1 message for the guest. */
  public sendMessage(data: Uint8Array): Promise<Done> {
    const { inbox } = this.node.chain.contracts;
    const populated = inbox.sendMessage.populateTransaction(bytesToHex(data));
    return this.sender.send("message", `queue a message of ${data.length} bytes`, populated);
  }

  /** Appends messages that are overdue, as many as one transaction takes; undefined if none is. */
  public async forceInclude(): Promise<Done | undefined> {
    await this.node.sync();
    const { chain, derivation } = this.node;
    const now = await chain.now();
    const overdue = derivation.waiting.filter(({ queuedAt }) => queuedAt + chain.parameters.forceInclusionAfter <= now);
    if (overdue.length === 0) return undefined;
    const messages = overdue.slice(0, MESSAGES_PER_TRANSACTION).map(fieldsOf);
    const populated = chain.contracts.inbox.forceInclude.populateTransaction(messages);
    return this.sender.send("force", `force ${messages.length} overdue messages in`, populated);
  }

  /**
   * Withdraws against the latest confirmed assertion.
   * @param proof The siblings of the withdrawal's leaf, from below.
   * @throws {RevertedError} If the withdrawal is not in the confirmed state's tree, or was paid already.
   */
  public async withdraw(withdrawal: Withdrawal, proof: readonly Hex[]): Promise<Done> {
    await this.node.sync();
    const { id, state } = this.confirmed();
    const { bridge } = this.node.chain.contracts;
    const populated = bridge.withdraw.populateTransaction(id, state, withdrawal, [...proof]);
    const text = `withdraw ${formatAmount(withdrawal.amount)} to ${withdrawal.recipient}`;
    return this.sender.send("withdraw", text, populated);
  }

  private confirmed(): AssertionNode {
    const { confirmed } = this.node.assertions;
    if (confirmed.parent !== undefined) return confirmed;
    throw new RollupError("NOTHING_CONFIRMED", "No assertion is confirmed yet, so that nothing can be withdrawn.");
  }
}
