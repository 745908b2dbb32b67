import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { readSnapshot } from "../../plugin/snapshot/snapshot.js";
import { Project } from "./project.js";

/** Of Hardhat's first two accounts. */
const KEYS = {
  TEST_DEPLOYER_KEY: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  TEST_SEQUENCER_KEY: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
};

describe("commands on a network whose keys are configuration variables", function () {
  this.timeout(240_000);
  let project: Project;

  before(async () => {
    project = await Project.create();
  });
  after(() => project.close());

  it("say which variable is not set, and how to set it", async () => {
    const { status, stderr } = await project.run("rollup:deploy --chain blobs --dry-run", "keyed");
    expect(status).to.equal(1);
    expect(stderr).to.contain("TEST_DEPLOYER_KEY").and.contain("keystore");
  });

  it("say what is wrong with a key that is none, without showing it", async () => {
    const variables = { ...KEYS, TEST_DEPLOYER_KEY: "0x1234" };
    const { status, stdout, stderr } = await project.run("rollup:deploy --chain blobs --dry-run", "keyed", variables);
    expect(status).to.equal(1);
    expect(stderr).to.contain("The key of account 0").and.contain("64 hexadecimal digits");
    expect(`${stdout}${stderr}`).to.not.contain("1234").and.not.contain("    at ");
  });

  it("rollup:deploy --dry-run shows what it would take, and changes nothing", async () => {
    const root = dirname(project.deployments);
    const { provider } = (await project.connect()).ethers;
    const before = [await readdir(root, { recursive: true }), await provider.send("eth_blockNumber", [])];
    const repository = await readdir(PACKAGE_ROOT);
    const { status, stdout } = await project.run("rollup:deploy --chain blobs --dry-run --json", "keyed", KEYS);
    expect(status).to.equal(0);
    const shown = JSON.parse(stdout) as { gas: number; checks: { result: string }[] };
    expect(shown.gas).to.be.within(10_000_000, 25_000_000);
    expect(shown.checks.map(({ result }) => result))
      .to.include("ok")
      .and.not.include("impossible");
    expect([await readdir(root, { recursive: true }), await provider.send("eth_blockNumber", [])]).to.deep.equal(
      before,
    );
    expect(await readdir(PACKAGE_ROOT)).to.deep.equal(repository);
  });

  it("sign with them: a chain is deployed, and a batch posted in a blob", async () => {
    const deployed = await project.run("rollup:deploy --chain blobs", "keyed", KEYS);
    expect(deployed.status, deployed.stderr).to.equal(0);
    const { provider } = (await project.connect()).ethers;
    expect(await provider.getTransactionCount("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")).to.equal(14);
    await project.run("rollup:deposit --chain blobs --from 1", "keyed", KEYS);
    await project.run(`rollup:send --chain blobs --from 1 --to 0x${"12".repeat(20)}`, "keyed", KEYS);
    const { status, stdout, stderr } = await project.run("rollup:batch --chain blobs --source blob", "keyed", KEYS);
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(/post a batch of 1 transactions after 1 messages in a blob|1 blob/);
  });

  it("rollup:snapshot writes the chain to a file, after it has restored it for a trial", async () => {
    const { status, stdout, stderr } = await project.run("rollup:snapshot --chain blobs --json", "keyed", KEYS);
    expect(status, stderr).to.equal(0);
    const written = JSON.parse(stdout) as { file: string; inputs: number };
    expect(written.inputs).to.equal(2);
    const { deployment, blobs } = await readSnapshot(written.file);
    expect([deployment.chain, Object.keys(blobs).length]).to.deep.equal(["blobs", 1]);
  });

  it("find keys in Hardhat's development keystore, without a question and without showing them", async () => {
    // Where Hardhat keeps what is a user's; the archive of deployments is elsewhere.
    const home = await mkdtemp(join(tmpdir(), "rollup-keystore-"));
    try {
      const variables = { XDG_CONFIG_HOME: home };
      for (const [name, key] of Object.entries(KEYS)) {
        const child = project.spawn(`keystore set --dev ${name}`, "keyed", variables);
        child.stdin?.end(`${key}\n`);
        expect(await new Promise((resolve) => child.once("exit", resolve))).to.equal(0);
      }
      const { status, stdout, stderr } = await project.run("rollup:status --chain blobs --json", "keyed", variables);
      expect(status, stderr).to.equal(0);
      expect(Number((JSON.parse(stdout) as { inputs: string }).inputs)).to.equal(2);
      const sent = await project.run("rollup:deposit --chain blobs --from 1", "keyed", variables);
      expect(sent.status, sent.stderr).to.equal(0);
      for (const text of [stdout, stderr, sent.stdout, sent.stderr]) {
        for (const key of Object.values(KEYS)) expect(text).to.not.contain(key.slice(2));
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it("leave no key in what they write", async () => {
    const root = dirname(project.deployments);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = await readFile(`${entry.parentPath}/${entry.name}`, "latin1");
      for (const key of Object.values(KEYS)) expect(text).to.not.contain(key.slice(2));
    }
  });
});
