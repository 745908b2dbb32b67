import type { Hex } from "../hex.js";
import type { ActionKind } from "../node/events.js";

/**
 * What became of an intent. `prepared`: its nonce is its own, and nothing was broadcast, though it may be signed. `sent`: an endpoint may have it. `mined`: it
 * is in a block that may still be replaced. `final`: that block stays. `abandoned`: it is not sent any more, and never was mined.
 */
export const INTENT_STATUSES = ["prepared", "sent", "mined", "final", "abandoned"] as const;
export type IntentStatus = (typeof INTENT_STATUSES)[number];

/** An account on one settlement layer: what has nonces. */
export interface JournalAccount {
  /** In lower case. */
  readonly account: Hex;
  readonly chainId: bigint;
}

/** What is to be done, whatever is offered for it. */
export interface IntendedTransaction {
  readonly to: Hex;
  readonly data: Hex;
  /** In wei. */
  readonly value: bigint;
  readonly gasLimit: bigint;
  /** The versioned hashes of the blobs that it carries, which the store of blobs has. */
  readonly blobs: readonly Hex[];
}

/** One signed transaction. All of an intent's have its nonce, so that one of them is mined at most. */
export interface Attempt {
  readonly hash: Hex;
  /** Signed, without the sidecar of its blobs. */
  readonly raw: Hex;
  /** In wei for a unit of gas. */
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** In wei for a unit of blob gas; 0 without blobs. */
  readonly maxFeePerBlobGas: bigint;
  /** The latest block when it was signed. */
  readonly block: number;
  /** When it was signed, in milliseconds. */
  readonly at: number;
}

/** How an intent was mined. */
export interface Mined {
  readonly hash: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly succeeded: boolean;
  /** What its gas and its blobs took, in wei. */
  readonly fee: bigint;
  /** When that was seen, in milliseconds. */
  readonly at: number;
}

/** One thing that an account wants to have done on its settlement layer, once. */
export interface Intent extends JournalAccount {
  /** Its place in the journal, which the journal gives. */
  readonly id: number;
  /** What it is for: as long as it may be or was done, nothing else is begun under the same key. */
  readonly key: string;
  readonly nonce: number;
  readonly action: ActionKind;
  /** For people. */
  readonly text: string;
  readonly transaction: IntendedTransaction;
  /** Until when it must be mined to be of use, by the settlement layer's clock in seconds; undefined if that does not matter. */
  readonly until: bigint | undefined;
  /** When it was prepared, in milliseconds. */
  readonly at: number;
  readonly status: IntentStatus;
  /** The first one first. */
  readonly attempts: readonly Attempt[];
  /** While `mined` or `final`. */
  readonly mined: Mined | undefined;
  /** Why it was abandoned. */
  readonly reason: string | undefined;
}

/** An intent that the journal does not have yet. */
export type NewIntent = Omit<Intent, "id">;

/** Whether its nonce may still be used by it: it waits for a block, or its block may be replaced. */
export function isOpen({ status }: Pick<Intent, "status">): boolean {
  return status === "prepared" || status === "sent" || status === "mined";
}

/** Whether nothing else may be begun under its key. What was refused in a block, or was abandoned, may be tried anew. */
export function holdsKey({ status, mined }: Pick<Intent, "status" | "mined">): boolean {
  return status !== "abandoned" && mined?.succeeded !== false;
}

/** An intent as one line of JSON, for journals that keep text. */
export function encodeIntent(intent: Intent): string {
  return JSON.stringify(intent, (_name, value: unknown) =>
    typeof value === "bigint" ? { integer: value.toString() } : value,
  );
}

/** What `encodeIntent` was given. */
export function decodeIntent(text: string): Intent {
  const decoded = JSON.parse(text, (_name, value: unknown) =>
    isEncoded(value) ? BigInt(value.integer) : value,
  ) as Intent;
  return { ...decoded, until: decoded.until, mined: decoded.mined, reason: decoded.reason };
}

function isEncoded(value: unknown): value is { readonly integer: string } {
  return typeof value === "object" && value !== null && "integer" in value;
}
