import type { Hex } from "../hex.js";

/** The kinds of leaves in a guest's tree of outputs; the twin of `OutputKind`. */
export const OUTPUT_KINDS = { withdrawal: 1, message: 2 } as const;

/** What names ether where a token is named. */
export const ETHER: Hex = "0x0000000000000000000000000000000000000000";

/** An output that the bridge pays; the twin of `Withdrawal`. */
export interface Withdrawal {
  readonly index: bigint;
  /** `ETHER`, or an ERC-20 contract. */
  readonly token: Hex;
  readonly recipient: Hex;
  /** In the token's smallest unit. */
  readonly amount: bigint;
}

/** An output that the messenger executes, as the guest knows it. */
export interface SentMessage {
  readonly index: bigint;
  /** Who sent it on the chain. */
  readonly sender: Hex;
  /** The contract on L1 that is called. */
  readonly target: Hex;
  /** `keccak256` of what it is called with. */
  readonly dataHash: Hex;
}
