/**
 * What others' systems take, in whole-transaction gas on Hardhat's network at Osaka's prices, with their own contracts: Optimism's monorepo of
 * October 2024 (Cannon, FaultDisputeGame), nitro-contracts 3.2.0 (WAVM with a toy module's proof, BoLD), Cartesi's machine-solidity-step and Dave
 * 2.1.1, Asterisc of May 2025. Kailua's and OP Succinct's figures are their own publications.
 */
export const DISPUTE_PEERS: readonly (readonly string[])[] = [
  ["Optimism FaultDisputeGame", "2^43", "74 + 74", "73", "29,400,000"],
  ["Arbitrum BoLD", "2^68", "156", "about 68", "94,000,000"],
  ["Cartesi Dave (PRT)", "2^92", "101", "about 90", "12,200,000"],
];

/** By key of `bench:gas`. */
export const GAS_PEERS: Readonly<Record<string, string>> = {
  "step.wasm.add": "Cannon 76.5k, Asterisc 110k, Nitro 474k, Cartesi 773k",
  "step.wasm.load": "Cannon 103k, Asterisc 187k, Nitro 784k, Cartesi 853k",
  "step.wasm.store": "Cannon 103k, Asterisc 207k, Nitro 797k, Cartesi 854k",
  "step.wasm.call": "Nitro 481k",
  "step.wasm.readInput": "Cannon 103k for 4 bytes, Nitro 812k and up",
  "batch.calldata.1k": "Nitro 156k",
  "batch.calldata.100k": "Nitro 4.11M",
  "batch.calldata.700k": "Nitro 28.8M: seven of 100 KB",
  "batch.blob.1k": "Nitro 143k",
  "batch.blob.100k": "Nitro 143k",
  "batch.blob.700k": "Nitro 143k with one blob",
  "batch.certificate": "Nitro 144.5k, which does not check the signature on L1",
  assert: "Nitro 165k - 309k, Kailua 400k, OP Succinct 330k",
  "confirm.unchallenged": "Nitro 101k, Optimism 718k with creation",
};

/** Millions of steps in a second of peers' interpreters that prove, as they publish them. */
export const MACHINE_PEERS: readonly (readonly [string, number])[] = [
  ["Arbitrum Nitro's proving interpreter", 2.8],
  ["Optimism's Cannon", 10],
];
