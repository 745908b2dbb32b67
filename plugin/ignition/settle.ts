import { setTimeout as sleep } from "node:timers/promises";

import type { EIP1193Provider } from "@nomicfoundation/ignition-core";
import type { Provider } from "ethers";

/** How deep Ignition wants an account's transactions to lie before it begins. */
export const CONFIRMATIONS = 5;
/** After so many blocks more Ignition is asked, which knows how to replace what is stuck. */
const MOST_BLOCKS = 8;
const POLL_MILLISECONDS = 1_000;

/**
 * Waits until all that an account has sent lies as deep as Ignition wants it. It would refuse to begin before that: the account's deposit that
 * was mined a moment ago, or what is left of a deployment that was interrupted.
 */
export async function settleTransactions(rpc: EIP1193Provider, provider: Provider, account: string): Promise<void> {
  if (await minesAtOnce(rpc)) return;
  const first = await provider.getBlockNumber();
  for (let latest = first; latest < first + MOST_BLOCKS; latest = await provider.getBlockNumber()) {
    if (await isSettled(provider, account, latest)) return;
    await sleep(POLL_MILLISECONDS);
  }
}

async function isSettled(provider: Provider, account: string, latest: number): Promise<boolean> {
  const pending = await provider.getTransactionCount(account, "pending");
  if (pending === 0) return true;
  const deep = latest - CONFIRMATIONS + 1;
  return deep >= 0 && (await provider.getTransactionCount(account, deep)) === pending;
}

/** Development nodes do, of whatever chain id; Ignition does not wait there either. */
export function minesAtOnce(rpc: EIP1193Provider): Promise<boolean> {
  return rpc.request({ method: "hardhat_getAutomine" }).then(
    (answer: unknown) => answer === true,
    () => false,
  );
}
