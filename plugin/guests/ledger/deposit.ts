import { wordOf, type Hex } from "../../hex.js";
import type { LedgerDomain } from "./transaction.js";

/** What the bridge queues for a deposit: `abi.encode(recipient, amount, chainId, bridge)`. */
export function encodeLedgerDeposit(recipient: Hex, amount: bigint, { chainId, bridge }: LedgerDomain): Uint8Array {
  return new Uint8Array(Buffer.concat([BigInt(recipient), amount, chainId, BigInt(bridge)].map(wordOf)));
}
