import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { blobAccess } from "../../plugin/blobs/access.js";
import { MemoryStore } from "../../plugin/blobs/memoryStore.js";
import { Chain } from "../../plugin/chain.js";
import type { ClaimNode } from "../../plugin/dispute/claimTree.js";
import type { Hex } from "../../plugin/hex.js";
import { BLOB_GAS } from "../../plugin/node/blobFees.js";
import { RollupNode } from "../../plugin/node/node.js";
import { explainRevert } from "../../plugin/node/reverts.js";
import type { Trace } from "../../plugin/node/trace.js";
import { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { LOOP, loops } from "../helpers/chains.js";
import { LinearBlob, sendLinear } from "../helpers/linearBlobs.js";
import { onEachNetwork } from "../helpers/networks.js";

const BONDS = { assertion: "1 ether", claims: "0.1 ether" };
/** Two levels. */
const SMALL = { inputBits: 12, stepBits: 12, history: "blob", bonds: BONDS };

interface Stage {
  readonly connection: NetworkConnection;
  readonly chain: TestChain;
  readonly honest: Party;
  readonly liar: Party;
  readonly truth: Hex;
  readonly lie: Hex;
}

/** A chain with one input, asserted truly and falsely. */
async function stage(connection: NetworkConnection): Promise<Stage> {
  const chain = await connection.rollup.deploy(SMALL, LOOP);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(60));
  await sequencer.postBatch();
  const [honest, liar] = [await chain.honest(), await chain.fabricator({ from: 100n })];
  return { connection, chain, honest, liar, truth: await honest.assert(), lie: await liar.assert() };
}

/** A claim with a blob that has nothing to do with any state, against an assertion. */
async function claimLinear({ connection, chain, liar }: Stage, assertion: Hex, blob: LinearBlob): Promise<void> {
  const { rollup } = chain.chain.contracts;
  const value = chain.config.bonds.claims[0];
  const transaction = await rollup.claimAgainstAssertion.populateTransaction(assertion, blob.history(), { value });
  await sendLinear(connection, (liar.signer as HardhatEthersSigner).address, { ...transaction }, [blob]);
}

/** A node of its own, with the given archive. */
async function nodeWith({ connection, chain }: Stage, store: MemoryStore | undefined): Promise<RollupNode> {
  const access = store && { ...blobAccess(connection), store };
  const { deployment } = chain.deployed;
  return new RollupNode(await Chain.connect(deployment, connection.ethers.provider, access), LOOP);
}

function statuses(claims: readonly ClaimNode[]): string[] {
  return claims.map(({ status }) => status);
}

onEachNetwork("a dispute by histories in blobs", function (connect, name) {
  it("about 2^48 positions takes five rounds and a million gas", async function () {
    this.timeout(120_000);
    const connection = await connect();
    const chain = await connection.rollup.deploy({}, LOOP);
    expect(chain.config.history).to.equal("blob");
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(700));
    await sequencer.postBatch();
    const [honest, liar] = [await chain.honest(), await chain.liar({ seed: 3 })];
    const lie = await liar.assert();
    const { gas, blobGas, ...figures } = await chain.playDispute([honest, liar]);
    expect(figures).to.include({ levels: 4, rounds: 5, transactions: 6, winner: "honest" });
    expect(blobGas).to.deep.equal({ total: 4n * BLOB_GAS, honest: 2n * BLOB_GAS, dishonest: 2n * BLOB_GAS });
    expect(Number(gas.total)).to.be.lessThan(1_200_000);
    expect(Number(gas.honest)).to.be.lessThan(700_000);
    expect(honest.challenger.proved.map(({ position }) => position)).to.deep.equal([liar.lieAt]);
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
  });

  it("takes no claim twice and none without its blob, but one blob for claims that say different things", async function () {
    this.timeout(120_000);
    const on = await stage(await connect());
    const { connection, chain, honest, liar, truth, lie } = on;
    const { rollup } = chain.chain.contracts;
    const blob = new LinearBlob(3n, 4n);
    await chain.chain.blobs!.store.put(blob.data, blob.commitment);
    await claimLinear(on, truth, blob);
    const twice = await claimLinear(on, truth, blob).then(() => undefined, explainRevert);
    expect(twice).to.match(name === "hardhat" ? /^DuplicateClaim\(/ : /reverted$/);
    const value = chain.config.bonds.claims[0];
    const naked = rollup.claimAgainstAssertion.staticCall(lie, blob.history(), { value, from: liar.signer });
    expect(await naked.then(() => undefined, explainRevert)).to.equal("NoBlob(0)");
    await claimLinear(on, lie, blob);
    await chain.node.sync();
    const [first, second] = [truth, lie].map((id) => chain.node.claims.against(id)[0]);
    expect(second.elements).to.deep.equal(first.elements);
    expect(second.id).not.to.equal(first.id);
    await refuseForeignOpenings(on, first, blob);
    const { winner } = await chain.playDispute([honest]);
    expect([winner, chain.node.assertions.confirmed.id]).to.deep.equal(["honest", truth]);
    expect(statuses([first, second])).to.deep.equal(["countered", "countered"]);
    await connection.close();
  });

  /** An answer to a claim must open that claim's blob, at its index. */
  async function refuseForeignOpenings(on: Stage, claim: ClaimNode, blob: LinearBlob): Promise<void> {
    const { rollup } = on.chain.chain.contracts;
    const [index, other] = [2730, new LinearBlob(5n, 4n)];
    const value = on.chain.config.bonds.claims[1];
    const answer = (from: LinearBlob, at: number): Promise<string | undefined> =>
      rollup.claimAgainstClaim
        .staticCall(claim.claim, index, from.state(at), from.state(at + 1), from.opening(at), other.history(), {
          value,
        })
        .then(() => undefined, explainRevert);
    expect(await answer(other, index), "another blob's").to.match(/^WrongElement\(/);
    expect(await answer(blob, index + 1), "another index's").to.match(/^WrongElement\(/);
    // What is right is refused by a call alone for its blob, which a call has not.
    expect(await answer(blob, index), "its own").to.equal("NoBlob(0)");
  }
});

describe("an honest party in a dispute by histories in blobs", function () {
  this.timeout(120_000);

  it("answers a flood of claims in one turn each, at the same cost for each, and is paid for it", async () => {
    const on = await stage(await network.create());
    const { chain, honest, truth } = on;
    const store = chain.chain.blobs!.store;
    const flood = Array.from({ length: 6 }, (_, salt) => new LinearBlob(7n + BigInt(salt), 0n));
    for (const blob of flood) {
      await store.put(blob.data, blob.commitment);
      await claimLinear(on, truth, blob);
    }
    const { actions } = await honest.act();
    const answers = actions.filter(({ text }) => text.includes("at level 2"));
    expect(answers.length).to.equal(flood.length);
    for (const { spent } of answers) expect(Number(spent.gas)).to.be.within(170_000, 190_000);
    await chain.playDispute([honest]);
    await chain.node.sync();
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    const { received, value, fee, blobFee } = honest.challenger.spending;
    expect(received - value > fee + blobFee).to.equal(true);
  });

  it("proves wrong what no state can be: the true words with a bit above them", async () => {
    const { chain, honest, liar, lie } = await stage(await network.create());
    await honest.claimAgainst(lie);
    await chain.node.sync();
    const [claim] = chain.node.claims.against(lie);
    const { first, end } = chain.node.assertions.get(lie);
    await liar.answer(claim, 0, raised(chain.node.executor.trace(first, end), 50n));
    await honest.act();
    expect(honest.challenger.proved.map(({ position }) => position)).to.deep.equal([49n]);
    await chain.node.sync();
    expect(statuses(claim.answers)).to.deep.equal(["refuted"]);
  });

  it("whose archive lacks a blob says so and where it looked, answers all else, and that claim once it is there", async () => {
    const on = await stage(await network.create());
    const { chain, truth } = on;
    const store = new MemoryStore();
    const node = await nodeWith(on, store);
    const party = new Party("honest", true, node, on.honest.signer);
    const [hidden, seen] = [new LinearBlob(3n, 0n), new LinearBlob(5n, 0n)];
    await store.put(seen.data, seen.commitment);
    await claimLinear(on, truth, hidden);
    await claimLinear(on, truth, seen);
    for (let round = 0; round < 2; round++) {
      const error = await party.act().then(
        () => undefined,
        (given: Error & { code: string }) => given,
      );
      expect(error?.code).to.equal("BLOB_MISSING");
      expect(error?.message).to.contain(hidden.versionedHash).and.contain("this process: has no such blob");
    }
    await node.sync();
    expect(node.claims.against(truth).map(({ answers }) => answers.length)).to.deep.equal([0, 1]);
    const told = party.events.filter((event) => event.type === "skipped");
    expect(told.length).to.equal(1);
    await store.put(hidden.data, hidden.commitment);
    await party.act();
    await node.sync();
    expect(node.claims.against(truth).map(({ answers }) => answers.length)).to.deep.equal([1, 1]);
    await chain.playDispute([party]);
    expect(node.assertions.confirmed.id).to.equal(truth);
  });

  it("who has lost every blob knows its own claims and what they answer, and wins without claiming again", async () => {
    const on = await stage(await network.create());
    const { chain, honest, truth, lie } = on;
    const blob = new LinearBlob(3n, 0n);
    await chain.chain.blobs!.store.put(blob.data, blob.commitment);
    await claimLinear(on, truth, blob);
    await honest.act();
    await chain.node.sync();
    const made = chain.node.claims.all().length;
    const node = await nodeWith(on, new MemoryStore());
    const party = new Party("honest again", true, node, honest.signer);
    await chain.playDispute([party]);
    expect(node.claims.all().length).to.equal(made);
    expect(node.claims.all().filter(({ elements }) => elements === undefined).length).to.equal(made);
    expect(node.assertions.confirmed.id).to.equal(truth);
    expect(node.assertions.get(lie).status).not.to.equal("pending");
  });

  it("without a place to look in or a key to send with does what takes neither, and says why the rest is not done", async () => {
    const on = await stage(await network.create());
    const { chain, honest, truth, lie } = on;
    const unanswered = await chain.fabricator({ name: "other", from: 7n, salt: "other" });
    const otherLie = await unanswered.assert();
    await honest.claimAgainst(lie);
    await chain.timeTravel.passBank();
    await claimLinear(on, truth, new LinearBlob(3n, 0n));
    const node = await nodeWith(on, undefined);
    const party = new Party("honest", true, node, honest.signer);
    const error = await party.act().then(
      () => undefined,
      (given: Error & { code: string }) => given,
    );
    expect(error?.code).to.equal("BLOB_KEY_MISSING");
    await node.sync();
    expect(node.assertions.get(lie).status).to.equal("countered");
    expect(node.claims.against(otherLie)).to.deep.equal([]);
    const told = party.events
      .filter((event) => event.type === "skipped")
      .map(({ text, reason }) => `${text}: ${reason}`);
    expect(told.some((line) => line.includes(otherLie.slice(0, 10)) && line.includes("cannot send blobs"))).to.equal(
      true,
    );
    expect(told.some((line) => line.includes("nowhere: no place is configured"))).to.equal(true);
  });
});

/** The truth, with every word from a position on raised by a bit that no state's hash has. */
function raised(truth: Trace, from: bigint): Trace {
  return {
    state: (position) => truth.state(position),
    proveStep: (position) => truth.proveStep(position),
    stateHashes: async (positions) => {
      const hashes = await truth.stateHashes(positions);
      return hashes.map((hash, at): Hex => (positions[at] < from ? hash : `0x01${hash.slice(4)}`));
    },
  };
}
