import { join } from "node:path";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatKeystore from "@nomicfoundation/hardhat-keystore";
import { configVariable, defineConfig } from "hardhat/config";

import hardhatRollup, { anyOf, attested, unchallenged, type ChainUserConfig } from "../../plugin/index.js";

const URL = process.env.TEST_NODE_URL ?? "http://127.0.0.1:1";
/** Those that the settlement layer is read at, if not at `URL`. */
const ENDPOINTS = JSON.parse(process.env.TEST_ENDPOINTS ?? "[]") as string[];
const DEPLOYMENTS = process.env.TEST_DEPLOYMENTS ?? "deployments";

/** A chain whose node does soon what it may. */
const SERVED: ChainUserConfig = {
  guest: "ledger",
  history: "calldata",
  rule: unchallenged("4h"),
  bank: "2h",
  minResponse: "20m",
  inputBits: 6,
  stepBits: 30,
  sequencer: 1,
  accounts: { asserter: 2, challenger: 3, user: 4 },
  node: { batchInterval: 1, assertInterval: "10m", poll: 1, snapshotInterval: 1 },
};

/** The project that commands are tested in: where its network is and where it remembers deployments is the test's choice. */
export default defineConfig({
  plugins: [hardhatEthers, hardhatKeystore, hardhatRollup],
  networks: {
    devnode: { type: "http", url: URL },
    // As real networks are written: the keys are not in the file.
    keyed: {
      type: "http",
      url: URL,
      accounts: [configVariable("TEST_DEPLOYER_KEY"), configVariable("TEST_SEQUENCER_KEY")],
    },
  },
  paths: { ignition: join(DEPLOYMENTS, "ignition") },
  rollup: {
    deployments: DEPLOYMENTS,
    l1: ENDPOINTS.length === 0 ? {} : { devnode: { endpoints: ENDPOINTS } },
    committees: {
      members: {
        size: 3,
        pool: 3,
        epochBlocks: 20,
        freezeBlocks: 1,
        members: JSON.parse(process.env.TEST_MEMBERS ?? "{}") as Record<string, string>,
      },
    },
    chains: {
      ledger: {
        guest: process.env.TEST_GUEST ?? "ledger",
        history: "calldata",
        rule: unchallenged("1d"),
        sequencer: 1,
        accounts: { asserter: 2, challenger: 3, user: 4 },
      },
      // Nothing but blobs: what a node must do where calldata is no choice.
      servedBlobs: { ...SERVED, sources: ["blob"] },
      served: { ...SERVED, sources: ["calldata"] },
      counter: { guest: "counter", inputBits: 6, stepBits: 12, bonds: { claims: "0.02 ether" } },
      blobs: { guest: "ledger", history: "blob", rule: unchallenged("1d"), sequencer: 1, accounts: { challenger: 3 } },
      anytrust: {
        mode: "anytrust",
        guest: "ledger",
        history: "calldata",
        rule: anyOf(attested("members", 2), unchallenged("1d")),
        sequencer: 1,
      },
    },
  },
});
