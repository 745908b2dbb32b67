import { Contract, type Signer } from "ethers";

import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import { ERC20_ABI, formatTokens, readToken, type Token } from "../token.js";
import type { AssertionNode } from "./assertions.js";
import { fieldsOf } from "./derive.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import { ETHER, type SentMessage, type Withdrawal } from "./outputs.js";
import { pay } from "./pay.js";
import { reclaim, rejectedDeposits, type RejectedDeposit } from "./reclaim.js";
import { Sender, type Done } from "./sender.js";
import { MESSAGES_PER_TRANSACTION } from "./sequencer.js";

export type { SentMessage, Withdrawal } from "./outputs.js";

/** What anyone can do with a chain through L1: deposit, send messages, force them in, withdraw, and have messages executed there. */
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
    return this.sender.send("deposit", `deposit ${await this.show(ETHER, amount)} for ${to}`, populated);
  }

  /**
   * Deposits a token for `recipient`, the sender if absent. Where the bridge may not take so much, it is approved first, just what is needed.
   * @returns What was sent; the deposit last.
   * @throws {RollupError} `TOKEN_MISSING`, or `INSUFFICIENT_TOKENS` before anything is spent.
   */
  public async depositToken(token: Token, amount: bigint, recipient?: Hex): Promise<Done[]> {
    const me = await this.sender.address();
    const to = recipient ?? me;
    const text = formatTokens(token, amount);
    const approval = await this.approve(token, amount, text);
    const { bridge } = this.node.chain.contracts;
    const populated = bridge.depositToken.populateTransaction(token.address, to, amount);
    return [...approval, await this.sender.send("deposit", `deposit ${text} for ${to}`, populated)];
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
   * @param to Who is paid; the recipient if absent, and anybody else only where the recipient sends.
   * @throws {RevertedError} If the withdrawal is not in the confirmed state's tree, or was paid already.
   */
  public async withdraw(withdrawal: Withdrawal, proof: readonly Hex[], to?: Hex): Promise<Done> {
    await this.node.sync();
    const { id, state } = this.confirmed();
    return pay(this.node.chain, this.sender, { assertion: id, state, withdrawal, proof }, to);
  }

  /**
   * Has a message from the chain executed, against the latest confirmed assertion.
   * @param data What its target is called with.
   * @param proof The siblings of the message's leaf, from below.
   * @throws {RevertedError} If the message is not in the confirmed state's tree, was executed already, or its target refuses.
   */
  public async execute(message: SentMessage, data: Hex, proof: readonly Hex[]): Promise<Done> {
    await this.node.sync();
    const { id, state } = this.confirmed();
    const { messenger } = this.node.chain.contracts;
    const { index, sender, target } = message;
    const populated = messenger.execute.populateTransaction(id, state, { index, sender, target, data }, [...proof]);
    return this.sender.send("execute", `call ${target} for ${sender}`, populated);
  }

  /** The sender's deposits that the guest has rejected in the confirmed state and that were not paid back. */
  public async rejectedDeposits(): Promise<RejectedDeposit[]> {
    await this.node.sync();
    return rejectedDeposits(this.node, await this.sender.address());
  }

  /**
   * Has a rejected deposit paid back.
   * @param input The number of the deposit's input.
   * @param to Who is paid; the depositor if absent, and anybody else only where the depositor sends.
   * @throws {RollupError} `NOT_REJECTED`.
   */
  public async reclaim(input: bigint, to?: Hex): Promise<Done[]> {
    await this.node.sync();
    return reclaim(this.node, this.sender, input, to);
  }

  private confirmed(): AssertionNode {
    const { confirmed } = this.node.assertions;
    if (confirmed.parent !== undefined) return confirmed;
    throw new RollupError("NOTHING_CONFIRMED", "No assertion is confirmed yet, so that nothing can be withdrawn.");
  }

  /** Lets the bridge take an amount, if it may not yet. Tokens that ask for it are told zero first. */
  private async approve(token: Token, amount: bigint, text: string): Promise<Done[]> {
    const [me, { bridge }] = [await this.sender.address(), this.node.chain.addresses];
    const contract = new Contract(token.address, ERC20_ABI, this.node.chain.provider);
    const ask = async (name: string, ...args: string[]): Promise<bigint> =>
      (await contract.getFunction(name).staticCall(...args)) as bigint;
    const [balance, allowance] = [await ask("balanceOf", me), await ask("allowance", me, bridge)];
    if (balance < amount) {
      throw new RollupError("INSUFFICIENT_TOKENS", "The account has not so many tokens.", {
        account: me,
        needed: text,
        balance: formatTokens(token, balance),
      });
    }
    if (allowance >= amount) return [];
    const allow = (value: bigint, said: string): Promise<Done> =>
      this.sender.send("approve", said, contract.getFunction("approve").populateTransaction(bridge, value));
    const reset = allowance === 0n ? [] : [await allow(0n, `take back what the bridge may take of ${token.symbol}`)];
    return [...reset, await allow(amount, `let the bridge take ${text}`)];
  }

  private async show(token: Hex, amount: bigint): Promise<string> {
    return formatTokens(await readToken(this.node.chain.provider, token), amount);
  }
}
