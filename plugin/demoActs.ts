import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import { formatAmount } from "./config/amount.js";
import type { Timeline } from "./console/timeline.js";
import {
  encodeLedgerTransaction,
  LedgerOutputs,
  signLedgerTransaction,
  type LedgerPaymentAction,
  type LedgerDomain,
} from "./guests/ledger.js";
import type { Hex } from "./hex.js";
import type { PostedBatch } from "./node/sequencer.js";
import type { SourceChoice } from "./node/postingPrices.js";
import type { TestChain } from "./testing/testChain.js";

const ETHER = 10n ** 18n;
/** How many transfers a batch has: each is a signature to check, so that there is something to lie about. */
const TRANSFERS = 8;
const AMOUNT = ETHER / 10n;

/** Who is in the stories. */
export interface Cast {
  readonly alice: HardhatEthersSigner;
  readonly bob: HardhatEthersSigner;
  readonly honest: HardhatEthersSigner;
  readonly liar: HardhatEthersSigner;
}

/** What Alice and Bob sign for one batch. */
export interface LedgerWork {
  /** How many Alice has signed before. */
  readonly nonce: number;
  /** What Bob takes out, in wei; nothing if absent. */
  readonly withdrawal?: bigint;
  /** Where the sequencer posts it. */
  readonly source?: SourceChoice;
}

export async function castOf({ ethers }: NetworkConnection): Promise<Cast> {
  const [, , alice, bob, honest, liar] = await ethers.getSigners();
  return { alice, bob, honest, liar };
}

/** Alice and Bob deposit some wei each, and the sequencer appends their deposits. */
export async function deposit(
  chain: TestChain,
  { alice, bob }: Cast,
  timeline: Timeline,
  amount = 2n * ETHER,
): Promise<void> {
  await (await chain.user(alice, timeline.party("alice"))).deposit(amount);
  await (await chain.user(bob, timeline.party("bob"))).deposit(amount);
  await (await chain.sequencer(undefined, timeline.party("sequencer"))).drain();
}

/** Transfers of Alice's and, if there is one, a withdrawal of Bob's, in one batch. */
export async function transact(
  chain: TestChain,
  { alice, bob }: Cast,
  timeline: Timeline,
  { nonce, withdrawal, source }: LedgerWork,
): Promise<PostedBatch> {
  const domain = await domainOf(chain);
  const sequencer = await chain.sequencer(undefined, timeline.party("sequencer"), source);
  const submit = async (signer: HardhatEthersSigner, action: LedgerPaymentAction, amount: bigint, at: number) => {
    const transaction = { action, to: bob.address as Hex, amount, nonce: BigInt(at) };
    sequencer.submit(encodeLedgerTransaction(await signLedgerTransaction(signer, domain, transaction)));
  };
  for (let at = 0; at < TRANSFERS; at++) await submit(alice, "transfer", AMOUNT, nonce + at);
  timeline.tell("alice", `sign ${TRANSFERS} transfers of ${formatAmount(AMOUNT)} to bob`);
  if (withdrawal !== undefined) {
    await submit(bob, "withdrawal", withdrawal, 0);
    timeline.tell("bob", `sign a withdrawal of ${formatAmount(withdrawal)}`);
  }
  return sequencer.postBatch();
}

/** Pays Bob's withdrawal; true if he got what he signed for. */
export async function payWithdrawal(chain: TestChain, { bob }: Cast, timeline: Timeline): Promise<boolean> {
  const withdrawals = new LedgerOutputs(chain.node.executor.executed());
  const { state } = chain.node.assertions.confirmed;
  const { withdrawal, proof } = withdrawals.proveWithdrawal(state, 0n);
  const user = await chain.user(bob, timeline.party("bob"));
  const { provider } = chain.chain;
  const before = await provider.getBalance(bob.address);
  const done = await user.withdraw(withdrawal, proof);
  const after = await provider.getBalance(bob.address);
  return after - before + done.spent.fee === withdrawal.amount;
}

/** An instruction, and the input in which it is executed, as text. */
export async function describeStep({ node }: TestChain, parent: Hex, position: bigint): Promise<string> {
  const { end, next } = node.assertions.get(parent);
  const { description, header } = await node.executor.trace(end, next).proveStep(position);
  return `${description.text} in input ${header?.number}`;
}

async function domainOf(chain: TestChain): Promise<LedgerDomain> {
  const { chainId } = await chain.chain.provider.getNetwork();
  return { chainId, bridge: chain.chain.addresses.bridge };
}
