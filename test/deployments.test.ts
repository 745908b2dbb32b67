import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { Chain } from "../plugin/chain.js";
import {
  checkDeployment,
  checkProgram,
  deploymentPath,
  readDeployment,
  writeDeployment,
} from "../plugin/deployments.js";
import type { Deployment } from "../plugin/deployments.js";
import type { TestChain } from "../plugin/testing/testChain.js";
import { deployTestChain } from "./helpers/chains.js";

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? "no code",
  );
}

describe("a deployment", () => {
  let chain: TestChain;
  let deployment: Deployment;
  let folder: string;

  before(async () => {
    chain = await deployTestChain();
    deployment = chain.deployed.deployment;
    folder = await mkdtemp(join(tmpdir(), "deployments-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("is read back as it was written, and finds its chain again", async () => {
    const path = await writeDeployment(folder, deployment);
    expect(path).to.equal(deploymentPath(folder, deployment.network, "test"));
    const read = await readDeployment(folder, deployment.network, "test");
    expect(read).to.deep.equal(deployment);
    const again = await Chain.connect(read, chain.chain.provider);
    expect(again.parameters).to.deep.equal(chain.chain.parameters);
  });

  it("is replaced as a whole: nothing is left beside it", async () => {
    await Promise.all([writeDeployment(folder, deployment), writeDeployment(folder, deployment)]).catch(
      () => undefined,
    );
    await writeDeployment(folder, { ...deployment, mode: "other" });
    const path = deploymentPath(folder, deployment.network, "test");
    expect(await readdir(dirname(path))).to.deep.equal(["test.json"]);
    expect((await readDeployment(folder, deployment.network, "test")).mode).to.equal("other");
  });

  it("of contracts whose states were others is refused, with what to do about it", async () => {
    const path = deploymentPath(folder, deployment.network, "old");
    await writeFile(path, JSON.stringify({ ...deployment, version: 1 }));
    const read = readDeployment(folder, deployment.network, "old");
    expect(await codeOf(read)).to.equal("DEPLOYMENT_UNREADABLE");
    await read.catch((error: Error) => expect(error.message).to.contain("deploy the chain anew"));
  });

  it("is missed where there is none, with what to do about it", async () => {
    const missing = readDeployment(folder, "nowhere", "test");
    expect(await codeOf(missing)).to.equal("DEPLOYMENT_MISSING");
    await missing.catch((error: Error) =>
      expect(error.message).to.contain("rollup:deploy --chain test --network nowhere"),
    );
  });

  it("is refused if its file is none", async () => {
    const path = deploymentPath(folder, deployment.network, "broken");
    for (const text of ["{", "3", "null", '{"version":3}']) {
      await writeFile(path, text);
      expect(await codeOf(readDeployment(folder, deployment.network, "broken")), text).to.equal(
        "DEPLOYMENT_UNREADABLE",
      );
    }
  });

  it("is stale on another instance of its network, and where its code is gone", async () => {
    const { ethers } = await network.create();
    expect(await codeOf(checkDeployment(deployment, ethers.provider))).to.equal("DEPLOYMENT_STALE");
    expect(await codeOf(Chain.connect(deployment, ethers.provider))).to.equal("DEPLOYMENT_STALE");
    const gone = { ...deployment, addresses: { ...deployment.addresses, rollup: `0x${"12".repeat(20)}` as const } };
    expect(await codeOf(checkDeployment(gone, chain.chain.provider))).to.equal("DEPLOYMENT_STALE");
  });

  it("is of one guest", () => {
    checkProgram(deployment, chain.program.hash);
    expect(() => checkProgram(deployment, `0x${"00".repeat(32)}`))
      .to.throw("not the one")
      .with.property("code", "GUEST_MISMATCH");
  });
});
