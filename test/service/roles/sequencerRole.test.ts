import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { resolveCommittees } from "../../../plugin/config/committees.js";
import { resolveNode } from "../../../plugin/config/node.js";
import { resolveChain } from "../../../plugin/config/resolve.js";
import type { SqliteFile } from "../../../plugin/database/sqliteFile.js";
import { onPoint } from "../../../plugin/l1/killPoints.js";
import { unchallenged } from "../../../plugin/rules/builders.js";
import { TransactionTable } from "../../../plugin/service/database/transactionTable.js";
import type { GuestView } from "../../../plugin/service/guestView.js";
import { hashBytes } from "../../../plugin/service/hashBytes.js";
import { Mempool } from "../../../plugin/service/mempool.js";
import { OPAQUE_VIEW } from "../../../plugin/service/opaqueView.js";
import { SequencerRole } from "../../../plugin/service/roles/sequencerRole.js";
import { committee } from "../../../plugin/sources/builders.js";
import { MemberServers } from "../../../plugin/testing/memberServers.js";
import { TestChain } from "../../../plugin/testing/testChain.js";
import { loops, LOOP } from "../../helpers/chains.js";
import { openTestDatabase, temporaryFile } from "../database/files.js";

const COMMITTEES = resolveCommittees({ guards: { size: 3, pool: 3, epochBlocks: 200, freezeBlocks: 2 } });
const CONFIG = {
  history: "calldata",
  inputBits: 6,
  stepBits: 18,
  sources: [committee("guards")],
  rule: unchallenged("7d"),
} as const;
const SIZE = loops(1).length;
const DEATH = "killed";

/** Several transactions in a batch, each as long as `loops` makes them. */
const VIEW: GuestView = {
  ...OPAQUE_VIEW,
  maximumTransactions: 10,
  hashesIn: (input) =>
    Array.from({ length: input.length / SIZE }, (_, place) =>
      hashBytes(input.subarray(place * SIZE, (place + 1) * SIZE)),
    ),
};

describe("a sequencer of a chain whose batches a committee alone keeps", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;
  let chain: TestChain;
  let servers: MemberServers;
  let file: SqliteFile;
  let table: TransactionTable;

  before(async () => {
    connection = await network.create();
    chain = await TestChain.deploy(connection, resolveChain("guarded", CONFIG, ".", COMMITTEES), LOOP);
    servers = await MemberServers.start(connection, chain);
    file = openTestDatabase(temporaryFile("sequencer"));
    table = new TransactionTable(file);
  });

  after(async () => {
    file.close();
    await servers.end();
  });

  function accept(data: Uint8Array): void {
    table.add([VIEW.parse(data)], [], 0);
  }

  /** One round of a process that was just started. */
  async function round(): Promise<void> {
    const { node } = chain;
    const mempool = new Mempool(table, VIEW, () => {
      throw new Error("The guest knows no accounts.");
    });
    mempool.load(Number(node.executor.inputCount));
    const [signer] = await connection.ethers.getSigners();
    const config = { ...resolveNode({}, "/"), batchInterval: 0 };
    const isBegun = (): boolean => false;
    await new SequencerRole({ node, signer, table, mempool, view: VIEW, config, isBegun }).round();
    await node.sync();
    for (const [number, { data }] of node.derivation.inputs.entries()) table.include(number, VIEW.hashesIn(data));
  }

  /** A round that ends as if by a kill where the members have signed, and nothing else was done. */
  async function dyingRound(): Promise<void> {
    const stop = onPoint((point) => {
      if (point === "batch.certified") throw new Error(DEATH);
    });
    const error = await round().catch((reason: Error) => reason);
    stop();
    expect(error).to.have.property("message", DEATH);
  }

  it("posts what members have signed for, though it was killed before it sent that, and more was handed in since", async () => {
    accept(loops(1));
    accept(loops(2));
    await dyingRound();
    accept(loops(3));
    await dyingRound();
    await round();
    await round();
    const batches = chain.node.derivation.inputs.map(({ data }) => VIEW.hashesIn(data));
    expect(batches).to.deep.equal([[loops(1), loops(2)].map(hashBytes), [loops(3)].map(hashBytes)]);
  });
});
