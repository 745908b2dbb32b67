import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { CommitteeView } from "../plugin/committee/committee.js";
import { resolveChain } from "../plugin/config/resolve.js";
import type { ChainConfig, ChainUserConfig } from "../plugin/config/types.js";
import { deployChain, planChain, type DeployOptions } from "../plugin/deploy.js";
import { deploymentId, journalOf } from "../plugin/ignition/journal.js";
import type { Hex } from "../plugin/hex.js";
import { anyOf, atLeast, unchallenged } from "../plugin/index.js";
import { readCommitteeTerms } from "../plugin/sources/committeeSource.js";
import { LOOP } from "./helpers/chains.js";

function configOf(parts: ChainUserConfig): ChainConfig {
  return resolveChain("test", { history: "calldata", ...parts }, import.meta.dirname);
}

async function optionsOf(parts: ChainUserConfig, chainId?: number): Promise<DeployOptions> {
  const override = chainId === undefined ? {} : { chainId };
  const connection = await network.create({ network: "default", override });
  return { connection, config: configOf(parts), program: LOOP };
}

describe("deploying a chain", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "ignition-"));
  });
  after(() => rm(folder, { recursive: true }));

  const rules = {
    one: unchallenged("1d"),
    many: anyOf(unchallenged("1d"), atLeast(2, unchallenged("2d"), unchallenged("3d"))),
  };
  for (const [name, rule] of Object.entries(rules)) {
    it(`takes what was estimated, and leaves some of the margin, with ${name} rule`, async () => {
      const options = await optionsOf({ rule });
      const { gas: estimate } = await planChain(options, folder);
      const { gas } = await deployChain(options);
      expect(Number(estimate) / Number(gas)).to.be.within(1.03, 1.2);
    });
  }

  for (const mode of ["anytrust", "short-window"]) {
    it(`takes what was estimated with a committee, in mode ${mode}`, async () => {
      const options = await optionsOf({ mode });
      const { gas: estimate } = await planChain(options, folder);
      const { gas } = await deployChain(options);
      expect(Number(estimate) / Number(gas)).to.be.within(1.03, 1.2);
    });
  }

  it("has the committee that its sources and its rule name, once", async () => {
    const options = await optionsOf({ mode: "anytrust" });
    const { deployment, config } = await deployChain(options);
    const { provider } = options.connection.ethers;
    const committee = await CommitteeView.connect(deployment.committees.members, provider);
    const { token, stake, size, epochBlocks, freezeBlocks, unbonding, reporterShare } = config.committees[0];
    const parameters = { token, stake, size, epochBlocks, freezeBlocks, unbonding, reporterShare };
    expect(committee.parameters).to.deep.equal(parameters);
    const [{ quorum, retention }] = config.sources.filter((source) => source.kind === "committee");
    const terms = await readCommitteeTerms(deployment.addresses.sources[0], provider);
    expect(terms).to.deep.equal({ committee: committee.address, quorum, retention: BigInt(retention) });
    expect(await ruleOf(options, deployment.addresses.rule)).to.deep.equal([
      [5n, 19n, committee.address],
      [0n, 604_800n, `0x${"00".repeat(20)}`],
      [1n, 0n, `0x${"00".repeat(20)}`],
    ]);
  });

  it("is estimated without what is on the network", async () => {
    const options = await optionsOf({});
    const { gas: whole } = await planChain(options, folder);
    const ids = await idsOf(options);
    const parts = ids.filter((id) => id.startsWith("RollupParts"));
    expect(parts.length).to.be.above(8);
    expect(await estimateWith(options, parts))
      .to.be.above(600_000n)
      .and.below(1_000_000n);
    expect(await estimateWith(options, parts.slice(1)))
      .to.be.above(1_000_000n)
      .and.below(whole);
    expect(await estimateWith(options, ids)).to.equal(0n);
  });

  it("is refused with bonds of nothing where strangers are", async () => {
    const bonds = { assertion: "1 wei", claims: "0 wei" };
    const refused = await deployChain(await optionsOf({ bonds }, 5)).catch(({ code }: { code: string }) => code);
    expect(refused).to.equal("BONDS_ZERO");
    await deployChain(await optionsOf({ bonds }));
  });

  /** Kind, parameter and committee of each node of a rule. */
  async function ruleOf({ connection: { ethers } }: DeployOptions, rule: Hex): Promise<unknown[]> {
    const factory = await ethers.getContractFactory("RuleFactory");
    const topics = factory.interface.encodeFilterTopics("RuleCreated", [rule]);
    const [log] = await ethers.provider.getLogs({ topics, fromBlock: 0 });
    const { nodes } = factory.interface.parseLog(log)!.args;
    return (nodes as { kind: bigint; parameter: bigint; deployed: string }[]).map((node) => [
      node.kind,
      node.parameter,
      node.deployed.toLowerCase(),
    ]);
  }

  /** What Ignition would keep of a deployment. */
  async function idsOf(options: DeployOptions): Promise<string[]> {
    const ids = new Set<string>();
    const { ignition } = options.connection;
    const deploy = ignition.deploy.bind(ignition);
    ignition.deploy = async (module, given) => {
      const { submodules, futures } = module;
      for (const future of [...[...submodules].flatMap((part) => [...part.futures]), ...futures]) ids.add(future.id);
      return deploy(module, given);
    };
    await deployChain(options);
    return [...ids];
  }

  async function estimateWith(options: DeployOptions, ids: readonly string[]): Promise<bigint> {
    const { provider } = options.connection.ethers;
    const [{ chainId }, genesis] = await Promise.all([provider.getNetwork(), provider.getBlock(0)]);
    const journal = journalOf(folder, deploymentId(chainId, genesis!.hash as Hex));
    await mkdir(journal, { recursive: true });
    const anywhere = `0x${"11".repeat(20)}`;
    await provider.send("hardhat_setCode", [anywhere, "0x00"]);
    const addresses = Object.fromEntries(ids.map((id) => [id, anywhere]));
    await writeFile(join(journal, "deployed_addresses.json"), JSON.stringify(addresses));
    const { gas: estimate } = await planChain(options, folder);
    await rm(journal, { recursive: true });
    return estimate;
  }
});
