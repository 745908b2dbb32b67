import type { Chain } from "../chain.js";
import type { Hex } from "../hex.js";
import type { SnapshotEnd } from "./snapshot.js";

/** How a chain stands now, by its contracts' views. The accumulator holds all inputs, the confirmed assertion's id a state. */
export async function readEnd({ contracts, provider, addresses }: Chain): Promise<SnapshotEnd> {
  const { inbox, rollup } = contracts;
  const inputs = await inbox.count();
  const [messages, accumulator, latestConfirmed, rollupBalance, bridgeBalance] = await Promise.all([
    inbox.messageCount(),
    inbox.inputHash(inputs === 0n ? 0n : inputs - 1n),
    rollup.latestConfirmed(),
    provider.getBalance(addresses.rollup),
    provider.getBalance(addresses.bridge),
  ]);
  return {
    inputs: inputs.toString(),
    messages: messages.toString(),
    accumulator: accumulator as Hex,
    latestConfirmed: latestConfirmed as Hex,
    rollupBalance: rollupBalance.toString(),
    bridgeBalance: bridgeBalance.toString(),
  };
}
