import { join } from "node:path";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { defineConfig } from "hardhat/config";

import hardhatRollup, { unchallenged } from "../../plugin/index.js";

const URL = process.env.SOAK_URL ?? "http://127.0.0.1:1";
const DEPLOYMENTS = process.env.SOAK_DEPLOYMENTS ?? "deployments";

/** What every process of a soak reads: its way to the settlement layer, and its own folder, are the soak's choice. */
export default defineConfig({
  plugins: [hardhatEthers, hardhatRollup],
  networks: { layer: { type: "http", url: URL, timeout: 10_000 } },
  paths: { ignition: join(DEPLOYMENTS, "ignition") },
  rollup: {
    deployments: DEPLOYMENTS,
    // Reads are tried at another endpoint where one fails; transactions go the network's own way.
    l1: { layer: { endpoints: [URL, process.env.SOAK_OTHER_URL ?? URL], quorum: 1, timeout: "5s" } },
    chains: {
      soak: {
        guest: "ledger",
        sources: ["calldata"],
        history: "calldata",
        rule: unchallenged("10m"),
        bank: "10m",
        minResponse: "2m",
        inputBits: 6,
        stepBits: 24,
        bonds: { assertion: "0.1 ether", claims: "0.1 ether" },
        sequencer: 1,
        accounts: { asserter: 2, challenger: 3, user: 5 },
        node: { batchInterval: 2, batchBytes: 2_560, assertInterval: "20s", poll: 1, snapshotInterval: 2 },
      },
    },
  },
});
