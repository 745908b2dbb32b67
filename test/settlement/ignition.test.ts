import { expect } from "chai";
import hre from "hardhat";
import type { Artifact } from "hardhat/types/artifacts";

import { resolveNode } from "../../plugin/config/node.js";
import type { ChainConfig } from "../../plugin/config/types.js";
import type { Hex } from "../../plugin/hex.js";
import { loadChainArtifacts } from "../../plugin/ignition/artifacts.js";
import { chainModule } from "../../plugin/ignition/chainModule.js";
import { ruleNodes } from "../../plugin/ignition/ruleNodes.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { assertionId } from "../helpers/settlement.js";
import { ZERO_WORD } from "../../plugin/hex.js";
import { tallyProgram } from "../helpers/tallyMachine.js";

const CONFIG: ChainConfig = {
  name: "demo",
  mode: "rollup",
  machine: "wasm",
  guest: { name: "counter", path: "/guests/counter" },
  sources: [{ kind: "calldata" }],
  rule: {
    kind: "anyOf",
    rules: [
      { kind: "unchallenged", window: 3600 },
      { kind: "atLeast", count: 1, rules: [{ kind: "unchallenged", window: 60 }] },
    ],
  },
  committees: [],
  history: "calldata",
  fallback: undefined,
  inputBits: 12,
  stepBits: 36,
  maxInputs: 4096,
  sequencer: 0,
  bank: 3600,
  minResponse: 60,
  forceInclusionAfter: 7200,
  assertionLag: 86_400,
  bonds: { assertion: 100n, claims: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] },
  burnedShare: 1000,
  proverShare: 500,
  inputBudget: { batch: 2n ** 36n - 1n, message: 2n ** 22n },
  accounts: { deployer: 0, asserter: 0, challenger: 0, user: 0 },
  node: resolveNode({}, "/"),
};

async function artifactOf(source: string): Promise<Artifact> {
  return hre.artifacts.readArtifact(`contracts/${source}:${source.slice(source.lastIndexOf("/") + 1, -".sol".length)}`);
}

describe("the Ignition module of a chain", () => {
  it("lists a tree of rules with parts before what they are part of", () => {
    expect(
      ruleNodes(CONFIG.rule, () => "").map(({ kind, parameter, parts }) => [kind, parameter, parts]),
    ).to.deep.equal([
      [0, 3600, []],
      [0, 60, []],
      [3, 1, [1]],
      [1, 0, [0, 2]],
    ]);
  });

  it("deploys what is shared, the rules and the chain", async () => {
    const { ethers, ignition } = await hre.network.create();
    const [sequencer] = await ethers.getSigners();
    const module = chainModule({
      artifacts: await loadChainArtifacts(artifactOf, CONFIG.machine),
      config: CONFIG,
      sequencer: sequencer.address as Hex,
      program: tallyProgram.hash,
      genesis: tallyProgram.start().state(),
    });
    const deployed = await ignition.deploy(module);
    const rollup = await ethers.getContractAt("Rollup", await deployed.rollup.getAddress());
    const parameters = await rollup.parameters();
    expect(parameters.rule).to.equal(await deployed.rule.getAddress());
    expect(parameters.machine).to.equal(await deployed.machine.getAddress());
    expect(parameters.inbox).to.equal(await deployed.inbox.getAddress());
    expect(parameters.windows).to.equal((3600n << 64n) | 60n);
    expect(await rollup.claimBond(8)).to.equal(8n);
    const genesis = hashMachineState(tallyProgram.start().state());
    expect(await rollup.latestConfirmed()).to.equal(assertionId(ZERO_WORD, genesis, 0));
    const bridge = await ethers.getContractAt("Bridge", await deployed.bridge.getAddress());
    expect(await bridge.rollup()).to.equal(await deployed.rollup.getAddress());
  });
});
