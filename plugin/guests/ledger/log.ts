import { bytesToHex, type Hex } from "../../hex.js";
import { OUTPUT_KINDS, type SentMessage, type Withdrawal } from "../../node/outputs.js";

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
  /** `ETHER`, or an ERC-20 contract: an address has an account of each token, with a nonce of its own. */
  readonly token: Hex;
  readonly nonce: bigint;
  /** In the token's smallest unit. */
  readonly balance: bigint;
}

/** What the ledger reports while it handles an input. */
export type LedgerLog =
  | { readonly kind: "withdrawal"; readonly withdrawal: Withdrawal }
  | { readonly kind: "message"; readonly message: SentMessage }
  | {
      readonly kind: "refused";
      /** Of the transaction in its input, from 0. */
      readonly place: number;
      readonly reason: LedgerRefusal;
      /** Zero if there is none. */
      readonly signer: Hex;
    }
  | { readonly kind: "account"; readonly account: LedgerAccount };

/** The first word of a log that is no output; those that are begin with their `OUTPUT_KINDS`. */
const REFUSED = 3;
const ACCOUNT = 4;

/** Reads one of the ledger's logs; undefined if it is none. */
export function decodeLedgerLog(data: Uint8Array): LedgerLog | undefined {
  if (data.length === 0 || data.length % 32 !== 0) return undefined;
  const words = Array.from({ length: data.length / 32 }, (_, index) =>
    bytesToHex(data.subarray(32 * index, 32 * index + 32)),
  );
  const kind = Number(words[0]);
  if (words.length === 4) return kind === REFUSED ? refusedOf(words) : undefined;
  if (words.length !== 5) return undefined;
  const [, index, first, second, third] = words;
  switch (kind) {
    case OUTPUT_KINDS.withdrawal: {
      const [token, recipient] = [addressOf(first), addressOf(second)];
      return { kind: "withdrawal", withdrawal: { index: BigInt(index), token, recipient, amount: BigInt(third) } };
    }
    case OUTPUT_KINDS.message: {
      const [sender, target] = [addressOf(first), addressOf(second)];
      return { kind: "message", message: { index: BigInt(index), sender, target, dataHash: third } };
    }
    case ACCOUNT: {
      const [address, token] = [addressOf(index), addressOf(first)];
      return { kind: "account", account: { address, token, nonce: BigInt(second), balance: BigInt(third) } };
    }
    default:
      return undefined;
  }
}

function refusedOf([, place, number, signer]: readonly Hex[]): LedgerLog | undefined {
  const refusals = Object.entries(LEDGER_REFUSALS) as [LedgerRefusal, number][];
  const reason = refusals.find(([, known]) => BigInt(known) === BigInt(number))?.[0];
  return reason && { kind: "refused", place: Number(place), reason, signer: addressOf(signer) };
}

function addressOf(word: Hex): Hex {
  return `0x${BigInt(word).toString(16).padStart(40, "0")}`;
}
