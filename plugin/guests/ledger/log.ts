import { bytesToHex, type Hex } from "../../hex.js";
import type { Withdrawal } from "../../node/user.js";

/** Why the ledger left a transaction out, by its number. */
export const LEDGER_REFUSALS = {
  "bad-signature": 1,
  "unknown-account": 2,
  "wrong-nonce": 3,
  "insufficient-balance": 4,
  "table-full": 5,
  "balance-overflow": 6,
  "tree-full": 7,
} as const;
export type LedgerRefusal = keyof typeof LEDGER_REFUSALS;

/** What the ledger says of an account. One that it does not know is all zero. */
export interface LedgerAccount {
  readonly address: Hex;
  readonly nonce: bigint;
  /** In wei. */
  readonly balance: bigint;
}

/** What the ledger reports while it handles an input. */
export type LedgerLog =
  | { readonly kind: "withdrawal"; readonly withdrawal: Withdrawal }
  | {
      readonly kind: "refused";
      /** Of the transaction in its input, from 0. */
      readonly place: number;
      readonly reason: LedgerRefusal;
      /** Zero if there is none. */
      readonly signer: Hex;
    }
  | { readonly kind: "account"; readonly account: LedgerAccount };

/** Reads one of the ledger's logs; undefined if it is none. */
export function decodeLedgerLog(data: Uint8Array): LedgerLog | undefined {
  if (data.length !== 128) return undefined;
  const [kind, first, second, third] = [0, 32, 64, 96].map((start) =>
    BigInt(bytesToHex(data.subarray(start, start + 32))),
  );
  switch (kind) {
    case 1n:
      return { kind: "withdrawal", withdrawal: { index: first, recipient: addressOf(second), amount: third } };
    case 2n: {
      const refusals = Object.entries(LEDGER_REFUSALS) as [LedgerRefusal, number][];
      const reason = refusals.find(([, number]) => BigInt(number) === second)?.[0];
      return reason && { kind: "refused", place: Number(first), reason, signer: addressOf(third) };
    }
    case 3n:
      return { kind: "account", account: { address: addressOf(first), nonce: second, balance: third } };
    default:
      return undefined;
  }
}

function addressOf(word: bigint): Hex {
  return `0x${word.toString(16).padStart(40, "0")}`;
}
