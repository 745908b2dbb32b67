import { fileURLToPath } from "node:url";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";

import hardhatRollup from "./plugin/index.js";

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, hardhatRollup],
  solidity: {
    version: "0.8.37",
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    settings: {
      evmVersion: "osaka",
      optimizer: { enabled: true, runs: 20_000 },
      viaIR: true,
    },
  },
  // Tests start one on a port of its own.
  networks: { anvil: { type: "http", url: "http://127.0.0.1:8545" } },
  rollup: {
    chains: { demo: { mode: "rollup", guest: "ledger" } },
  },
  paths: { tests: { mocha: "./test", solidity: "./test" } },
});
