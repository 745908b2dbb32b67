import { loadKzg } from "../blobs/kzg.js";
import type { HistoryKind } from "../dispute/historyKind.js";
import type { Hex } from "../hex.js";
import type { AssertionStatus } from "./assertions.js";
import type { RollupNode } from "./node.js";

/** One assertion, for people. */
export interface AssertionStatusView {
  readonly id: Hex;
  readonly author: Hex;
  readonly stateHash: Hex;
  readonly first: bigint;
  readonly end: bigint;
  readonly status: AssertionStatus;
  /** In seconds. */
  readonly createdAt: bigint;
  /** Whether it is what this node computed; undefined if the node could not execute so far. */
  readonly correct: boolean | undefined;
  /** `unseen`: undecided ones whose states are missing. */
  readonly claims: { readonly open: number; readonly total: number; readonly unseen: number };
}

/** Where a chain stands. */
export interface ChainStatus {
  /** Of the settlement layer, in seconds. */
  readonly now: bigint;
  readonly inputs: bigint;
  /** Why the bytes of the next input are not there; undefined if none are missing. */
  readonly missing: string | undefined;
  readonly waitingMessages: number;
  /** Executed by this node, deliveries included. */
  readonly steps: bigint;
  readonly history: HistoryKind;
  /** The library that this node proves blobs with. */
  readonly kzg: string;
  readonly confirmed: AssertionStatusView;
  /** All assertions, in the order in which they were made. */
  readonly assertions: readonly AssertionStatusView[];
}

/** Where a chain stands, as a node sees it after reading what is new. */
export async function statusOf(node: RollupNode): Promise<ChainStatus> {
  await node.sync();
  const { assertions, claims, derivation, executor, truth } = node;
  const views: AssertionStatusView[] = [];
  for (const assertion of assertions.all()) {
    const { id, author, stateHash, first, end, status, createdAt } = assertion;
    const all = claims.all().filter(({ claim }) => claim.assertion === id);
    const open = all.filter((claim) => claim.status === "open");
    const unseen = open.filter(({ elements }) => elements === undefined).length;
    const count = { open: open.length, total: all.length, unseen };
    const correct = end <= executor.inputCount ? await truth.believes(assertion) : undefined;
    views.push({ id, author, stateHash, first, end, status, createdAt, correct, claims: count });
  }
  return {
    now: await node.chain.now(),
    inputs: BigInt(derivation.count),
    missing: derivation.missing?.message,
    waitingMessages: derivation.waiting.length,
    steps: executor.steps,
    history: node.history.kind,
    kzg: (await loadKzg()).name,
    confirmed: views.find(({ id }) => id === assertions.confirmed.id)!,
    assertions: views,
  };
}
