import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import type { Log } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { claimsUnder } from "../../plugin/dispute/strategy.js";
import { RollupNode } from "../../plugin/node/node.js";
import type { NodeEvent } from "../../plugin/node/events.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { Random } from "../fuzz/random.js";
import { deployTestChain, loops, LOOP } from "../helpers/chains.js";

const RUNS = 3;
const ROUNDS = 6;
const BONDS = { assertion: "0.1 ether", claims: "0.1 ether" };

/** All that a node knows, as plain values. */
function knowledgeOf({ derivation, executor, assertions, claims }: RollupNode): unknown {
  const numbers = [...Array(Number(executor.inputCount) + 1).keys()];
  return {
    inputs: derivation.inputs.map(({ header, data }) => ({ header, data })),
    waiting: derivation.waiting,
    lastInput: derivation.lastInput,
    boundaries: numbers.map((number) => executor.boundary(BigInt(number))?.hash),
    executed: executor.executed(),
    steps: executor.steps,
    confirmed: assertions.confirmed.id,
    assertions: assertions.all().map(({ id, status, children }) => [id, status, children.map((child) => child.id)]),
    claims: assertions.all().map(({ id }) => claimsUnder(claims, id).map((claim) => [claim.id, claim.status])),
  };
}

describe("a node whose settlement layer goes back", () => {
  let connection: NetworkConnection;
  let chain: TestChain;
  let node: RollupNode;
  let honest: Party;
  let random: Random;
  let seenClaims = 0;
  const events: NodeEvent[] = [];

  beforeEach(async () => {
    connection = await network.create();
    chain = await deployTestChain({ inputBits: 6, stepBits: 12, bonds: BONDS }, LOOP, () =>
      Promise.resolve(connection),
    );
    events.length = 0;
    node = new RollupNode(chain.chain, LOOP, (event) => events.push(event));
    honest = await chain.honest();
  });

  function request(method: string, ...params: unknown[]): Promise<unknown> {
    return connection.provider.request({ method, params });
  }

  async function batch(): Promise<void> {
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(1 + random.below(40)));
    await sequencer.postBatch();
  }

  /** Somebody does something: a batch, a message, a true or a false assertion, an answer, a confirmation. */
  async function act(): Promise<void> {
    await chain.node.sync();
    const { derivation, assertions } = chain.node;
    const choice = random.below(6);
    if (choice === 0) await (await chain.user()).sendMessage(random.bytes(40));
    else if (choice === 1) await chain.timeTravel.by(100_000 + random.below(400_000));
    else if (choice === 2 && derivation.inputs.length > Number(assertions.confirmed.end)) {
      const { signer } = honest;
      const liar = await chain.liar({ seed: random.below(100), signer: signer as HardhatEthersSigner });
      await liar.validator.assert();
    } else if (choice > 3) await honest.act();
    else await batch();
  }

  async function expectFresh(what: string): Promise<void> {
    await node.sync();
    const fresh = new RollupNode(chain.chain, LOOP);
    await fresh.sync();
    seenClaims += node.claims.all().length;
    expect(knowledgeOf(node), what).to.deep.equal(knowledgeOf(fresh));
  }

  it("knows what one knows that starts anew, whatever happened on either fork", async () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      random = new Random(seed);
      for (let round = 0; round < ROUNDS; round++) {
        await batch();
        await node.sync();
        const snapshot = await request("evm_snapshot");
        for (let left = random.below(4); left >= 0; left--) await act();
        await node.sync();
        if (random.below(4) > 0) await request("evm_revert", snapshot);
        for (let left = random.below(4); left >= 0; left--) await act();
        await expectFresh(`seed ${seed}, round ${round}`);
      }
    }
    expect(events.some(({ type }) => type === "reorganized")).to.equal(true);
    expect(seenClaims).to.be.above(0);
  });

  it("executes again only what came after the last common block", async () => {
    random = new Random(1);
    for (let count = 0; count < 5; count++) await batch();
    await node.sync();
    const snapshot = await request("evm_snapshot");
    const kept = [0n, 1n, 5n].map((number) => node.executor.boundary(number)?.snapshot);
    await batch();
    await node.sync();
    await request("evm_revert", snapshot);
    for (let count = 0; count < 2; count++) await batch();
    events.length = 0;
    await node.sync();
    expect([0n, 1n, 5n].map((number) => node.executor.boundary(number)?.snapshot)).to.satisfy((now: unknown[]) =>
      now.every((snapshot, index) => snapshot === kept[index]),
    );
    expect(events.map((event) => (event.type === "executed" ? event.inputs : event.type))).to.deep.equal([
      "reorganized",
      2n,
    ]);
  });

  it("takes none of the events of a provider that contradicts itself, and all when it does no more", async () => {
    random = new Random(2);
    for (let count = 0; count < 3; count++) await batch();
    const { provider } = chain.chain;
    const getLogs = provider.getLogs.bind(provider);
    provider.getLogs = async (filter) => withoutFirstBatch(await getLogs(filter));
    const topic = chain.chain.contracts.inbox.interface.getEvent("BatchAppended").topicHash;
    const withoutFirstBatch = (logs: Log[]) => {
      const first = logs.findIndex(({ topics }) => topics[0] === topic);
      return logs.filter((_log, index) => index !== first);
    };
    const lied: unknown = await node.sync().catch((error: unknown) => error);
    expect(lied).to.have.property("code", "DERIVATION_MISMATCH");
    provider.getLogs = getLogs;
    await expectFresh("after a lie");
  });
});
