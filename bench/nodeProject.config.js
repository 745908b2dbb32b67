import { env } from "node:process";

import hardhatToolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
// As users have it: what is built, and not its sources.
import hardhatRollup from "hardhat-rollup";

/** The project whose node is measured: where its network is and what it remembers is the bench's choice. */
export default defineConfig({
  plugins: [hardhatToolbox, hardhatRollup],
  networks: { benched: { type: "http", url: env.BENCH_URL ?? "http://127.0.0.1:1" } },
  rollup: {
    deployments: env.BENCH_DEPLOYMENTS ?? "deployments",
    chains: {
      benched: {
        guest: "ledger",
        history: "calldata",
        sources: ["calldata"],
        node: { batchInterval: 1, poll: 1, requestsPerMinute: 1e8 },
      },
    },
  },
});
