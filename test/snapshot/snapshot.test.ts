import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConfigOverride } from "hardhat/types/config";
import type { JsonRpcServer, NetworkConnection } from "hardhat/types/network";

import { resolveChain } from "../../plugin/config/resolve.js";
import type { ChainUserConfig } from "../../plugin/config/types.js";
import type { Hex } from "../../plugin/hex.js";
import { recordSnapshot, type Scope } from "../../plugin/snapshot/record.js";
import { networkOf, restoreChain, snapshotNetwork } from "../../plugin/snapshot/restore.js";
import { readSnapshot, writeSnapshot, type Snapshot } from "../../plugin/snapshot/snapshot.js";
import { TestChain } from "../../plugin/testing/testChain.js";
import { readToken } from "../../plugin/token.js";
import { guestProgram, LOOP, loops } from "../helpers/chains.js";

const SMALL: ChainUserConfig = { history: "calldata", inputBits: 6, stepBits: 18, bonds: { claims: "0.1 ether" } };
const BLOBS: ChainUserConfig = { history: "blob", bonds: { claims: "0.1 ether" } };

function configOf(parts: ChainUserConfig) {
  return resolveChain("demo", parts, import.meta.dirname);
}

describe("a snapshot of a chain", function () {
  this.timeout(240_000);
  let node: JsonRpcServer;
  let url: string;
  let folder: string;
  let original: TestChain;
  let snapshot: Snapshot;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "snapshot-"));
    node = await hre.network.createServer({ network: "default" }, "127.0.0.1", 0);
    const { address, port } = await node.listen();
    url = `http://${address}:${port}`;
    original = await live(await TestChain.deploy(await connect(), configOf(SMALL), LOOP));
    snapshot = await recordSnapshot(original.chain);
  });
  after(async () => {
    await node.close();
    await rm(folder, { recursive: true });
  });

  function connect(): Promise<NetworkConnection> {
    return hre.network.create({ network: "localhost", override: { url } });
  }

  /** Inputs, a dispute that is over and one that is not. */
  async function live(chain: TestChain): Promise<TestChain> {
    const sequencer = await chain.sequencer();
    for (const times of [60, 20, 90]) {
      sequencer.submit(loops(times));
      await sequencer.postBatch();
    }
    const honest = await chain.honest();
    const liar = await chain.liar({ seed: 7 });
    await liar.assert();
    await honest.assert();
    await chain.playDispute([liar, honest]);
    await (await chain.user()).deposit(10n ** 18n);
    await sequencer.drain();
    const second = await chain.liar({ seed: 8 });
    await second.assert();
    await honest.act();
    await chain.node.sync();
    return chain;
  }

  async function restore(from: Snapshot, override: NetworkConfigOverride = networkOf(from)): Promise<TestChain> {
    const connection = await hre.network.create({ network: "default", override });
    const deployed = await restoreChain(connection, configOf(SMALL), LOOP, from);
    return TestChain.of(connection, LOOP, deployed);
  }

  /** All that a node knows of a chain. */
  async function knowledge({ node, chain }: TestChain) {
    await node.sync();
    const inputs = [...Array(Number(node.executor.inputCount) + 1).keys()];
    return {
      states: inputs.map((end) => node.executor.boundary(BigInt(end))?.hash),
      assertions: node.assertions.all().map(({ id, status, author, createdAt }) => ({ id, status, author, createdAt })),
      claims: node.claims.all().map(({ id, status, claim }) => ({ id, status, assertion: claim.assertion })),
      confirmed: node.assertions.confirmed.id,
      now: await chain.now(),
      block: await chain.provider.getBlockNumber(),
    };
  }

  async function codeOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => "none",
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
  }

  for (const scope of ["network", "chain"] satisfies Scope[]) {
    it(`is the ${scope}'s transactions, from which everything is there again: states, assertions, claims, times`, async () => {
      const recorded = await recordSnapshot(original.chain, scope);
      const restored = await restore(recorded);
      expect(restored.chain.addresses).to.deep.equal(original.chain.addresses);
      const known = await knowledge(restored);
      expect(known).to.deep.equal(await knowledge(original));
      expect(known.claims.length).to.be.above(3);
      expect(new Set(known.assertions.map(({ status }) => status)).size).to.be.above(1);
    });
  }

  it("is restored in a second or two", async () => {
    const started = performance.now();
    await restore(snapshot);
    const seconds = (performance.now() - started) / 1_000;
    expect(snapshot.transactions.length).to.be.above(30);
    // A busy machine takes longer.
    expect(seconds).to.be.below(20);
  });

  it("is a chain that goes on: a batch, an assertion, the end of the dispute", async () => {
    const restored = await restore(snapshot);
    const inputs = await restored.chain.contracts.inbox.count();
    const sequencer = await restored.sequencer();
    sequencer.submit(loops(5));
    await sequencer.postBatch();
    expect(await restored.chain.contracts.inbox.count()).to.equal(inputs + 1n);
    const honest = await restored.honest();
    const { winner } = await restored.playDispute([honest]);
    expect(winner).to.equal("honest");
  });

  it("is of a chain whose sequencer the network does not know, too", async () => {
    const mnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    const accounts = { mnemonic, count: 5 };
    const restored = await restore(snapshot, { ...networkOf(snapshot), accounts });
    const sequencer = await restored.sequencer();
    sequencer.submit(loops(5));
    const inputs = await restored.chain.contracts.inbox.count();
    await sequencer.postBatch();
    expect(await restored.chain.contracts.inbox.count()).to.equal(inputs + 1n);
    expect((await sequencer.sender.address()).toLowerCase()).to.equal(restored.chain.parameters.sequencer);
  });

  it("is read from its file by `connection.rollup`, for a configured chain", async () => {
    const program = await guestProgram("ledger");
    const chain = await TestChain.deploy(await connect(), hre.config.rollup.chains.demo, program);
    const file = join(folder, "demo.snapshot.json.gz");
    await writeSnapshot(file, await recordSnapshot(chain.chain));
    const connection = await hre.network.create({ network: "default", override: await snapshotNetwork(file) });
    const restored = await connection.rollup.restore(file);
    expect(restored.chain.addresses).to.deep.equal(chain.chain.addresses);
    expect(restored.chain.deployment.network).to.equal("default");
    await (await restored.user()).deposit(5n);
    expect(await restored.chain.provider.getBalance(restored.chain.addresses.bridge)).to.equal(5n);
  });

  it("holds the blobs of batches and claims", async () => {
    const chain = await TestChain.deploy(await connect(), configOf(BLOBS), LOOP);
    const sequencer = await chain.sequencer(undefined, undefined, "blob");
    sequencer.submit(loops(40));
    await sequencer.postBatch();
    const [honest, liar] = [await chain.honest(), await chain.liar({ seed: 3 })];
    await liar.assert();
    await honest.act();
    await chain.node.sync();
    const recorded = await recordSnapshot(chain.chain, "chain");
    expect(Object.keys(recorded.blobs)).to.have.length(2);
    const file = join(folder, "blobs.snapshot.json.gz");
    await writeSnapshot(file, recorded);
    const restored = await restore(await readSnapshot(file));
    expect(await knowledge(restored)).to.deep.equal(await knowledge(chain));
  });

  it("is refused where it cannot be restored, with what to do", async () => {
    const on = (override: NetworkConfigOverride) => codeOf(restore(snapshot, override));
    const late = { ...networkOf(snapshot), initialDate: new Date((snapshot.head.timestamp + 5) * 1_000) };
    expect(await on(late)).to.equal("SNAPSHOT_NETWORK");
    expect(await on({ ...networkOf(snapshot), chainId: 5 })).to.equal("SNAPSHOT_NETWORK");
    const used = await hre.network.create({ network: "default", override: networkOf(snapshot) });
    await used.provider.request({ method: "hardhat_mine", params: [] });
    expect(await codeOf(restoreChain(used, configOf(SMALL), LOOP, snapshot))).to.equal("SNAPSHOT_NETWORK");
    expect(await codeOf(restoreChain(await connect(), configOf(SMALL), LOOP, snapshot))).to.equal("SNAPSHOT_NETWORK");
    const fresh = await hre.network.create({ network: "default", override: networkOf(snapshot) });
    const other = await guestProgram("counter");
    expect(await codeOf(restoreChain(fresh, configOf(SMALL), other, snapshot))).to.equal("GUEST_MISMATCH");
  });

  it("is of no chain alone that has tokens, whose contracts are elsewhere; of a whole network it is", async () => {
    const connection = await hre.network.create();
    const chain = await TestChain.deploy(connection, configOf(SMALL), LOOP);
    const user = await chain.user();
    await user.deposit(5n);
    expect(await codeOf(recordSnapshot(chain.chain, "chain"))).to.equal("none");
    const token = await connection.ethers.deployContract("OddToken");
    await token.mint(await user.sender.address(), 9n);
    await user.depositToken(await readToken(chain.chain.provider, (await token.getAddress()) as Hex), 9n);
    expect(await codeOf(recordSnapshot(chain.chain, "chain"))).to.equal("SNAPSHOT_FOREIGN");
    expect(await codeOf(recordSnapshot(chain.chain, "network"))).to.equal("none");
  });

  it("is refused where it was changed, wherever that was", async () => {
    const { transactions, end, blocks } = snapshot;
    const last = transactions.length - 1;
    const changed = (change: object, index = last): Snapshot => ({
      ...snapshot,
      transactions: transactions.map((one, at) => (at === index ? { ...one, ...change } : one)),
    });
    const somewhere = `0x${"12".repeat(20)}`;
    const all: Record<string, Snapshot> = {
      sender: changed(
        { from: somewhere },
        transactions.findIndex(({ value }) => value !== "0x0"),
      ),
      logs: changed({ logs: `0x${"00".repeat(32)}` }),
      target: changed({ to: somewhere }),
      missing: { ...snapshot, transactions: transactions.slice(0, -1), blocks: blocks.slice(0, -1) },
      end: { ...snapshot, end: { ...end, latestConfirmed: `0x${"01".repeat(32)}` } },
      times: { ...snapshot, blocks: blocks.map((one) => ({ ...one, timestamp: one.timestamp + 1 })) },
    };
    for (const [name, broken] of Object.entries(all)) {
      expect(await codeOf(restore(broken)), name).to.equal("SNAPSHOT_DIFFERS");
    }
    const file = join(folder, "broken.json.gz");
    await writeFile(file, "no snapshot");
    expect(await codeOf(readSnapshot(file))).to.equal("SNAPSHOT_UNREADABLE");
    expect(await codeOf(readSnapshot(join(folder, "nowhere")))).to.equal("SNAPSHOT_UNREADABLE");
  });
});
