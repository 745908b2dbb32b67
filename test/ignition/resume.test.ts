import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { expect } from "chai";
import hre from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { JsonRpcServer, NetworkConnection } from "hardhat/types/network";

import { resolveChain } from "../../plugin/config/resolve.js";
import { deployChain, type Deployed } from "../../plugin/deploy.js";
import type { Deployment } from "../../plugin/deployments.js";
import type { RollupError } from "../../plugin/errors.js";
import { writeWhole } from "../../plugin/files.js";
import type { Hex } from "../../plugin/hex.js";
import { deploymentId, journalOf, prepareJournal } from "../../plugin/ignition/journal.js";
import type { JournalMessage } from "../../plugin/ignition/messages.js";
import hardhatRollup from "../../plugin/index.js";
import { LOOP } from "../helpers/chains.js";
import { CutProxy, type Cut } from "../helpers/cutProxy.js";
import { Project } from "../tasks/project.js";

const CONFIG = resolveChain("test", { mode: "anytrust", history: "calldata" }, import.meta.dirname);
/** Of this chain: what all chains share, a committee, its source, a rule and the clones. */
const TRANSACTIONS = 16;

/** A node, and what breaks connections to it. */
interface Layer {
  readonly node: JsonRpcServer;
  readonly proxy: CutProxy;
  /** Ignition's. */
  readonly folder: string;
}

async function startLayer(): Promise<Layer> {
  const node = await hre.network.createServer({ network: "default" }, "127.0.0.1", 0);
  const { address, port } = await node.listen();
  const proxy = await CutProxy.start(`http://${address}:${port}`);
  return { node, proxy, folder: await mkdtemp(join(tmpdir(), "ignition-")) };
}

async function stopLayer({ node, proxy, folder }: Layer): Promise<void> {
  await proxy.stop();
  await node.close();
  await rm(folder, { recursive: true });
}

/** What a process does that deploys the chain: nothing is remembered but the journal. */
async function deploy({ proxy, folder }: Layer): Promise<Deployed> {
  const connection = await connect(proxy.url, folder);
  await prepareJournal(folder, connection.provider, connection.ethers.provider);
  return deployChain({ connection, config: CONFIG, program: LOOP });
}

async function connect(url: string, folder: string): Promise<NetworkConnection> {
  const environment = await createHardhatRuntimeEnvironment({
    plugins: [hardhatEthers, hardhatRollup],
    paths: { ignition: folder },
    networks: { layer: { type: "http", url } },
  });
  return environment.network.create({ network: "layer" });
}

/** Deploys again and again, with one transaction more each time. */
async function deployBitByBit(
  layer: Layer,
  cut: Cut,
): Promise<{ readonly deployed: Deployed; readonly attempts: number }> {
  let seen = new Map<string, string>();
  for (let attempts = 1; attempts <= 2 * TRANSACTIONS; attempts++) {
    layer.proxy.cutAfter(1, cut);
    const deployed = await deploy(layer).catch((error: Error) => {
      if (error.message.includes("Failed to make POST request")) return undefined;
      throw error;
    });
    const known = await addressesIn(layer.folder);
    for (const [id, address] of seen) expect(known.get(id)).to.equal(address);
    seen = known;
    if (deployed !== undefined) return { deployed, attempts };
  }
  throw new Error("The deployment does not end.");
}

/** What Ignition remembers of the only deployment: addresses by its ids. */
async function addressesIn(folder: string): Promise<Map<string, string>> {
  const [id] = await readdir(join(folder, "deployments"));
  const text = await readFile(join(folder, "deployments", id, "deployed_addresses.json"), "utf8").catch(() => "{}");
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
}

/** Writes what Ignition does of a transaction that is stuck, up to the instant at which it sends the one that replaces it; nobody knows the first any more. */
async function writeFeeBump({ folder }: Layer): Promise<void> {
  const [id] = await readdir(join(folder, "deployments"));
  const journal = join(folder, "deployments", id, "journal.jsonl");
  const last = (await readFile(journal, "utf8")).trimEnd().split("\n").at(-1);
  const { type, futureId, networkInteractionId, nonce } = JSON.parse(last) as JournalMessage;
  expect(type).to.equal("TRANSACTION_PREPARE_SEND");
  const fees = { maxFeePerGas: { _kind: "bigint", value: "7" }, maxPriorityFeePerGas: { _kind: "bigint", value: "1" } };
  const transaction = { hash: `0x${"ab".repeat(32)}`, fees };
  const about = { futureId, networkInteractionId };
  for (const message of [
    { type: "TRANSACTION_SEND", ...about, nonce, transaction },
    { type: "ONCHAIN_INTERACTION_BUMP_FEES", ...about },
    { type: "TRANSACTION_PREPARE_SEND", ...about, nonce },
  ]) {
    await appendFile(journal, `\n${JSON.stringify(message)}`);
  }
}

describe("a deployment that is interrupted", function () {
  this.timeout(180_000);
  let layer: Layer;

  beforeEach(async () => {
    layer = await startLayer();
  });
  afterEach(() => stopLayer(layer));

  for (const cut of ["before", "after"] satisfies Cut[]) {
    it(`goes on where the connection breaks ${cut} each of its transactions, and deploys nothing twice`, async () => {
      const { deployed, attempts } = await deployBitByBit(layer, cut);
      expect(attempts).to.equal(cut === "before" ? TRANSACTIONS : TRANSACTIONS + 1);
      expect(layer.proxy.sent).to.equal(TRANSACTIONS);
      expect(deployed.deployment.fromBlock).to.equal(TRANSACTIONS);
      expect((await deploy(layer)).deployment).to.deep.equal(deployed.deployment);
      expect(layer.proxy.sent).to.equal(TRANSACTIONS);
    });
  }

  it("goes on from a journal of which the last lines were half written", async () => {
    layer.proxy.cutAfter(6, "after");
    await deploy(layer).catch(() => undefined);
    const [id] = await readdir(join(layer.folder, "deployments"));
    const journal = join(layer.folder, "deployments", id);
    await appendFile(join(journal, "journal.jsonl"), '\n{"futureId":"RollupPa');
    const addresses = join(journal, "deployed_addresses.json");
    await writeFile(addresses, (await readFile(addresses, "utf8").catch(() => "{}")).slice(0, -3));
    layer.proxy.mend();
    const { deployment } = await deploy(layer);
    expect(layer.proxy.sent).to.equal(TRANSACTIONS);
    expect((await addressesIn(layer.folder)).size).to.be.above(TRANSACTIONS);
    expect((await deploy(layer)).deployment).to.deep.equal(deployment);
  });

  it("finds a transaction that was sent with higher fees just before its process died, and sends no other", async () => {
    layer.proxy.cutAfter(6, "after");
    await deploy(layer).catch(() => undefined);
    await writeFeeBump(layer);
    layer.proxy.mend();
    const { deployment } = await deploy(layer);
    expect(layer.proxy.sent).to.equal(TRANSACTIONS);
    expect((await deploy(layer)).deployment).to.deep.equal(deployment);
  });

  it("takes no other transaction for one that was to be sent with higher fees", async () => {
    layer.proxy.cutAfter(6, "before");
    await deploy(layer).catch(() => undefined);
    await writeFeeBump(layer);
    layer.proxy.mend();
    const [deployer] = await (await connect(layer.proxy.url, layer.folder)).ethers.getSigners();
    await (await deployer.sendTransaction({ to: deployer.address })).wait();
    const { deployment } = await deploy(layer);
    expect(layer.proxy.sent).to.equal(TRANSACTIONS + 1);
    expect((await deploy(layer)).deployment).to.deep.equal(deployment);
  });

  it("is found again as a whole", async () => {
    const { deployment } = await deploy(layer);
    const again = await deploy(layer);
    expect(again.deployment).to.deep.equal(deployment);
    expect([again.gas, again.transactions, layer.proxy.sent]).to.deep.equal([0n, 0, TRANSACTIONS]);
  });

  it("is not begun anew where a real network lacks what was deployed", async () => {
    const { provider, ethers } = await hre.network.create({ network: "default", override: { chainId: 5 } });
    const genesis = await ethers.provider.getBlock(0);
    const journal = journalOf(layer.folder, deploymentId(5, genesis!.hash as Hex));
    const addresses = { "Parts#Inbox": `0x${"12".repeat(20)}` };
    await writeWhole(join(journal, "deployed_addresses.json"), Buffer.from(JSON.stringify(addresses)));
    const refused = await prepareJournal(layer.folder, provider, ethers.provider).catch((error: RollupError) => error);
    expect(refused).to.include({ code: "JOURNAL_CONTRADICTED" });
    expect(await readdir(journal)).to.deep.equal(["deployed_addresses.json"]);
  });
});

describe("rollup:deploy that is killed", function () {
  this.timeout(240_000);
  let project: Project;
  let proxy: CutProxy;

  before(async () => {
    project = await Project.create();
    proxy = await CutProxy.start(project.nodeUrl);
  });
  after(async () => {
    await proxy.stop();
    await project.close();
  });

  it("leaves a journal from which the next one goes on, and says what it found", async () => {
    const variables = { TEST_NODE_URL: proxy.url };
    for (const [sends, cut] of [
      [1, "after"],
      [6, "before"],
      [4, "after"],
    ] satisfies [number, Cut][]) {
      const child = project.spawn("rollup:deploy --chain ledger", "devnode", variables);
      const ended = once(child, "exit");
      proxy.cutAfter(sends, cut, () => child.kill("SIGKILL"));
      let told = "";
      child.stderr?.on("data", (data: Buffer) => (told += data.toString()));
      expect((await ended)[1], told).to.equal("SIGKILL");
    }
    proxy.mend();
    const { status, stdout, stderr } = await project.run("rollup:deploy --chain ledger --json", "devnode", variables);
    expect([status, stderr.includes("had been sent as 0x")], stderr).to.deep.equal([0, true]);
    const { addresses } = JSON.parse(stdout) as Deployment;
    const { provider, getSigners } = (await project.connect()).ethers;
    const [deployer] = await getSigners();
    expect(await provider.getTransactionCount(deployer.address)).to.equal(proxy.sent);
    expect(proxy.sent).to.equal(14);
    for (const address of Object.values(addresses).flat() as Hex[])
      expect(await provider.getCode(address)).to.not.equal("0x");
  });
});
