import type { Hex } from "../hex.js";
import type { GuestLog, InputOutcome } from "../machines/machine.js";

/** What an input does to a copy of the machine. */
export interface Answer {
  readonly outcome: InputOutcome;
  readonly logs: readonly Uint8Array[];
  readonly steps: bigint;
}

/** Asks a copy of the machine at the chain's head: it takes the bytes as a message, and is forgotten. */
export type Ask = (data: Uint8Array) => Answer;

/** A transaction of a user's, as far as a node must understand it. */
export interface UserTransaction {
  /** keccak256 of its bytes. */
  readonly hash: Hex;
  readonly data: Uint8Array;
  /** Whose nonces and balance it takes; undefined where the guest knows no accounts. */
  readonly sender: Sender | undefined;
}

/** What a transaction takes of an account. */
export interface Sender {
  /** The account's key in the guest's view. */
  readonly account: string;
  readonly nonce: bigint;
  /** In the token's smallest unit. */
  readonly amount: bigint;
}

/** What an account has at the chain's head. */
export interface AccountState {
  readonly nonce: bigint;
  readonly balance: bigint;
}

/** Something that a guest pays or calls on L1, a leaf of its tree of outputs. */
export interface Payout {
  readonly index: bigint;
  /** Who gets it, or is called. */
  readonly recipient: Hex;
  /** 32 bytes. */
  readonly leaf: Uint8Array;
  /** What the contract on L1 is given to prove it. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** How a node understands a guest, which is else but a machine that takes bytes. */
export interface GuestView {
  /** For people. */
  readonly name: string;
  /** How many transactions a batch may hold. */
  readonly maximumTransactions: number;
  /** @throws {HttpError} `TRANSACTION_INVALID` for what the guest would not take. */
  parse(data: Uint8Array): UserTransaction;
  /** An account, by the key that transactions name. */
  account(key: string, ask: Ask): AccountState;
  /** The keys of an address's accounts. @param token Of that token's alone; of the one that everybody has if absent. */
  keysOf(address: Hex, token: Hex | undefined): readonly string[];
  /** A batch of transactions. */
  encode(transactions: readonly Uint8Array[]): Uint8Array;
  /** The hashes of the transactions in an input, in their order. */
  hashesIn(input: Uint8Array): readonly Hex[];
  /** What the guest will have `ecrecover` look at in an input, as far as it can be told: four words each. Nothing depends on it but time. */
  signatures(input: Uint8Array): readonly Uint8Array[];
  /** Which of an input's transactions were left out, and why, by their places. */
  refusals(logs: readonly GuestLog[]): ReadonlyMap<number, string>;
  payouts(logs: readonly GuestLog[]): readonly Payout[];
}
