import type { NetworkConnection } from "hardhat/types/network";

import { RollupError } from "./errors.js";

/**
 * Mines blocks on a development network.
 * @throws {RollupError} `CLOCK_FIXED` if the network is not ours to move.
 */
export async function mineBlocks(connection: NetworkConnection, blocks: bigint): Promise<void> {
  try {
    await connection.provider.request({ method: "hardhat_mine", params: [`0x${blocks.toString(16)}`] });
  } catch (error) {
    throw clockFixed(connection, error as Error);
  }
}

/**
 * Moves a development network's clock forward and mines a block there; does nothing if it is later already.
 * @param timestamp In seconds.
 * @throws {RollupError} `CLOCK_FIXED` if the network's clock is not ours to move.
 */
export async function advanceTo(connection: NetworkConnection, timestamp: bigint): Promise<void> {
  const block = await connection.ethers.provider.getBlock("latest");
  if (block !== null && BigInt(block.timestamp) >= timestamp) return;
  try {
    await connection.provider.request({ method: "evm_setNextBlockTimestamp", params: [`0x${timestamp.toString(16)}`] });
    await connection.provider.request({ method: "evm_mine" });
  } catch (error) {
    throw clockFixed(connection, error as Error);
  }
}

function clockFixed({ networkName }: NetworkConnection, cause: Error): RollupError {
  return new RollupError(
    "CLOCK_FIXED",
    `The clock of network "${networkName}" cannot be moved.`,
    { do: "wait, or use a development network (npx hardhat node, --network localhost)" },
    cause,
  );
}
