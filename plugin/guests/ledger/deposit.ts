import { wordOf, type Hex } from "../../hex.js";
import { ETHER } from "../../node/outputs.js";
import type { LedgerDomain } from "./transaction.js";

/** What the bridge queues for a deposit: `abi.encode(recipient, token, amount, chainId, bridge)`. */
export function encodeLedgerDeposit(
  recipient: Hex,
  amount: bigint,
  { chainId, bridge }: LedgerDomain,
  token: Hex = ETHER,
): Uint8Array {
  const words = [BigInt(recipient), BigInt(token), amount, chainId, BigInt(bridge)];
  return new Uint8Array(Buffer.concat(words.map(wordOf)));
}
