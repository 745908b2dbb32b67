import { join } from "node:path";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { defineConfig } from "hardhat/config";

import hardhatRollup, { unchallenged, type ChainUserConfig } from "../../../plugin/index.js";

const URL = process.env.TEST_NODE_URL ?? "http://127.0.0.1:1";
const DEPLOYMENTS = process.env.TEST_DEPLOYMENTS ?? "deployments";

/** A chain on which a day passes quickly, and whose node does at once what it may. */
const QUICK: ChainUserConfig = {
  guest: "ledger",
  rule: unchallenged("1h"),
  bank: "1h",
  minResponse: "30m",
  inputBits: 6,
  stepBits: 30,
  sequencer: 1,
  accounts: { asserter: 2, challenger: 3, user: 4 },
  node: { batchInterval: 1, assertInterval: "10m", poll: 1, snapshotInterval: 1 },
};

/** What a node is killed on: each chain is a kind of day. */
export default defineConfig({
  plugins: [hardhatEthers, hardhatRollup],
  networks: { devnode: { type: "http", url: URL } },
  paths: { ignition: join(DEPLOYMENTS, "ignition") },
  rollup: {
    deployments: DEPLOYMENTS,
    chains: {
      calldata: { ...QUICK, sources: ["calldata"], history: "calldata" },
      batches: { ...QUICK, sources: ["blob"], history: "calldata" },
      blobs: { ...QUICK, sources: ["blob"], history: "blob", inputBits: 12, stepBits: 24 },
    },
  },
});
