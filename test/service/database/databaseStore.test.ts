import { copyFileSync, existsSync } from "node:fs";

import { expect } from "chai";
import type { JsonRpcApiProvider, Provider } from "ethers";

import type { SqliteFile } from "../../../plugin/database/sqliteFile.js";
import { RollupNode } from "../../../plugin/node/node.js";
import type { NodeEvent } from "../../../plugin/node/events.js";
import { DatabaseStore } from "../../../plugin/service/database/databaseStore.js";
import type { TestChain } from "../../../plugin/testing/testChain.js";
import { deployTestChain, LOOP, loops, PREIMAGES } from "../../helpers/chains.js";
import { openTestDatabase, temporaryFile } from "./files.js";

function send(provider: Provider, method: string, ...params: unknown[]): Promise<unknown> {
  return (provider as JsonRpcApiProvider).send(method, params);
}

/** A node with a file, and what it told of executions. */
class FiledNode {
  public readonly executed: bigint[] = [];
  public readonly store: DatabaseStore;
  public readonly node: RollupNode;
  private readonly file: SqliteFile;

  public constructor(chain: TestChain, path: string, snapshotInterval = 0, program = LOOP) {
    this.file = openTestDatabase(path);
    this.store = new DatabaseStore(this.file, chain.chain, program, undefined, snapshotInterval);
    const onEvent = (event: NodeEvent): void => {
      if (event.type === "executed") this.executed.push(event.inputs);
    };
    this.node = new RollupNode(chain.chain, program, onEvent, { store: this.store });
  }

  public kill(): void {
    this.file.close();
  }
}

async function post(chain: TestChain, ...times: readonly number[]): Promise<void> {
  const sequencer = await chain.sequencer();
  for (const each of times) {
    sequencer.submit(loops(each));
    await sequencer.postBatch();
  }
}

/** What a node says of its chain. */
function knowledge({ derivation, executor, assertions, claims }: RollupNode): unknown {
  return {
    count: derivation.count,
    last: derivation.lastInput,
    waiting: derivation.waiting.map(({ message, data, queuedAt }) => [message, data.length, queuedAt]),
    head: executor.boundary(executor.inputCount)?.state,
    outcomes: executor
      .executed()
      .map(({ outcome, steps }) => [outcome, steps])
      .slice(-2),
    assertions: assertions.all().map(({ id, status, end, next, createdAt }) => [id, status, end, next, createdAt]),
    claims: claims.all().map(({ id, status, deadline, elements }) => [id, status, deadline, elements]),
  };
}

describe("a node with a file", function () {
  this.timeout(120_000);
  let chain: TestChain;
  let path: string;

  beforeEach(async () => {
    chain = await deployTestChain({ inputBits: 6, stepBits: 18 });
    path = temporaryFile("store");
  });

  /** One that knows everything, the node of the chain, which never stopped; and one on the file. */
  async function expectEqualNodes(interval?: number): Promise<FiledNode> {
    const filed = new FiledNode(chain, path, interval);
    await filed.node.sync();
    await chain.node.sync();
    expect(knowledge(filed.node)).to.deep.equal(knowledge(chain.node));
    return filed;
  }

  it("knows after every restart what one knows that never stopped, and executes nothing twice", async () => {
    const user = await chain.user();
    for (let round = 1; round <= 3; round++) {
      await user.sendMessage(loops(round));
      await post(chain, 10 * round, 11);
      await user.sendMessage(loops(5));
      const filed = await expectEqualNodes();
      expect(filed.executed).to.deep.equal([round === 1 ? 3n : 4n]);
      filed.kill();
    }
  });

  it("remembers which inputs have asked for a preimage", async () => {
    chain = await deployTestChain({}, PREIMAGES);
    await post(chain, 1);
    for (const opened of ["first", "again"]) {
      const filed = new FiledNode(chain, path, 0, PREIMAGES);
      await filed.node.sync();
      expect(filed.node.executor.execution(0n)?.asksPreimages, opened).to.equal(true);
      filed.kill();
    }
    const other = await deployTestChain();
    await post(other, 1);
    const filed = new FiledNode(other, temporaryFile("other"));
    await filed.node.sync();
    expect(filed.node.executor.execution(0n)?.asksPreimages).to.equal(false);
    filed.kill();
  });

  it("remembers assertions and claims", async () => {
    await post(chain, 1_000);
    const honest = await chain.honest();
    const liar = await chain.liar({ seed: 3 });
    await liar.assert();
    (await expectEqualNodes()).kill();
    await honest.act();
    await liar.act();
    (await expectEqualNodes()).kill();
    await chain.playDispute([honest, liar]);
    (await expectEqualNodes()).kill();
    expect(chain.node.claims.all()).not.to.have.length(0);
  });

  it("executes again what came after the last machine that was written down, if that is how it was killed", async () => {
    await post(chain, 10, 20);
    (await expectEqualNodes(0)).kill();
    await post(chain, 30, 40, 50);
    (await expectEqualNodes(1e9)).kill();
    await post(chain, 60);
    const filed = await expectEqualNodes();
    // The others are executed to bring the machine there, and are no news.
    expect(filed.executed).to.deep.equal([1n]);
    filed.kill();
  });

  it("goes back with the settlement layer, while it runs and while it does not", async () => {
    const { provider } = chain.chain;
    await post(chain, 3, 4);
    const user = await chain.user();
    const snapshot = await send(provider, "evm_snapshot");
    await post(chain, 5);
    await user.sendMessage(loops(6));
    const filed = await expectEqualNodes();
    await send(provider, "evm_revert", snapshot);
    await send(provider, "hardhat_mine", "0x2");
    const again = await send(provider, "evm_snapshot");
    await post(chain, 7, 8);
    await filed.node.sync();
    expect(knowledge(filed.node)).to.deep.equal(knowledge(chain.node));
    filed.kill();
    await send(provider, "evm_revert", again);
    await send(provider, "hardhat_mine", "0x9");
    await post(chain, 9, 9, 9);
    const back = await expectEqualNodes();
    // The first two inputs are those that they were.
    expect(back.executed).to.deep.equal([3n]);
    back.kill();
  });

  it("forgets what lies before the last confirmed assertion, and disputes what comes after it as ever", async () => {
    await post(chain, 5, 6, 7, 8);
    const honest = await chain.honest();
    await honest.assert();
    await chain.timeTravel.passWindow();
    await honest.validator.confirm();
    await post(chain, 900, 30);
    const filed = await expectEqualNodes();
    filed.node.prune();
    const { confirmed } = filed.node.assertions;
    expect(filed.node.executor.kept).to.equal(confirmed.end);
    expect(filed.node.executor.boundary(0n)?.state.inputCount).to.equal(0n);
    expect(filed.node.executor.boundary(confirmed.end)?.hash).to.equal(confirmed.stateHash);
    filed.kill();

    const restarted = new FiledNode(chain, path);
    await restarted.node.sync();
    expect(await restarted.node.truth.believes(confirmed)).to.equal(true);
    const [ours, theirs] = [restarted.node, chain.node].map(({ executor }) =>
      executor.trace(confirmed.end, confirmed.next),
    );
    const positions = Array.from({ length: 64 }, (_, index) => BigInt(index + 1) << 18n);
    expect(await ours.stateHashes(positions)).to.deep.equal(await theirs.stateHashes(positions));
    const [a, b] = [await ours.proveStep(77n), await theirs.proveStep(77n)];
    expect([a.witness, a.context, a.after]).to.deep.equal([b.witness, b.context, b.after]);
    restarted.kill();
  });

  it("reads a long history in pieces, and goes on where it was wherever it was killed between two", async () => {
    const { provider } = chain.chain;
    for (let round = 1; round <= 6; round++) {
      await post(chain, round, 20 + round);
      await send(provider, "hardhat_mine", `0x${(40 * round).toString(16)}`);
    }
    const getLogs = provider.getLogs.bind(provider);
    const known = new Set<number>();
    for (let pieces = 1; pieces <= 4; pieces++) {
      let left = pieces;
      provider.getLogs = (filter) => (left-- > 0 ? getLogs(filter) : Promise.reject(new Error("cut off")));
      const filed = new FiledNode(chain, path);
      const error: unknown = await filed.node.sync().catch((reason: unknown) => reason);
      expect(error).to.have.property("message", "cut off");
      await filed.node.idle();
      known.add(filed.node.derivation.known);
      // What was read is executed, though not all of it was.
      expect(Number(filed.node.executor.inputCount)).to.equal(filed.node.derivation.known);
      filed.kill();
      provider.getLogs = getLogs;
    }
    expect(known.size).to.be.above(2);
    (await expectEqualNodes()).kill();
  });

  it("does not believe a machine that is not what it was", async () => {
    await post(chain, 10, 20, 30);
    (await expectEqualNodes(0)).kill();
    const file = openTestDatabase(path);
    file.execute("UPDATE pages SET data = zeroblob(length(data))");
    file.execute("DELETE FROM pages WHERE id % 3 = 0");
    file.close();
    await post(chain, 40);
    const filed = await expectEqualNodes();
    filed.kill();
  });

  it("has no more than one copy of a page, and none that no machine has", async () => {
    await post(chain, ...Array.from({ length: 30 }, (_, index) => index + 1));
    const filed = await expectEqualNodes(0);
    filed.kill();
    const file = openTestDatabase(path);
    const count = (table: string): number => Number(file.statement(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    expect(count("snapshots")).to.be.within(2, 12);
    // A page of memory that changes with every input, and some that never do.
    expect(count("pages")).to.be.at.most(40);
    file.close();
  });

  it("is rebuilt from the settlement layer where the file is gone, or an old copy of it is there", async () => {
    await post(chain, 10);
    (await expectEqualNodes()).kill();
    const old = `${path}.old`;
    copyFileSync(path, old);
    await post(chain, 20, 30);
    (await expectEqualNodes()).kill();
    copyFileSync(old, path);
    (await expectEqualNodes()).kill();
    path = temporaryFile("gone");
    expect(existsSync(path)).to.equal(false);
    (await expectEqualNodes()).kill();
  });
});
