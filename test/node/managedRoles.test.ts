import { setTimeout } from "node:timers/promises";

import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { keysOf } from "../../plugin/accounts.js";
import { Chain } from "../../plugin/chain.js";
import type { Hex } from "../../plugin/hex.js";
import { TransactionManager } from "../../plugin/l1/transactionManager.js";
import { TransactionManagers } from "../../plugin/l1/transactionManagers.js";
import { MemoryJournal } from "../../plugin/l1/transactionJournal.js";
import { Challenger } from "../../plugin/node/challenger.js";
import { RollupNode } from "../../plugin/node/node.js";
import { Sequencer } from "../../plugin/node/sequencer.js";
import { Validator } from "../../plugin/node/validator.js";
import { AsserterRole } from "../../plugin/service/roles/asserterRole.js";
import { ChallengerRole } from "../../plugin/service/roles/challengerRole.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { deployTestChain, LOOP, loops } from "../helpers/chains.js";

const FLOOD = 5;
const BONDS = { assertion: "0.1 ether", claims: "0.1 ether" };

describe("roles whose accounts are managed", () => {
  let connection: NetworkConnection;
  let chain: TestChain;
  let transactions: TransactionManagers;
  let node: RollupNode;
  let journal: MemoryJournal;

  beforeEach(async () => {
    connection = await network.create();
    chain = await deployTestChain({ inputBits: 6, stepBits: 12, bonds: BONDS }, LOOP, () =>
      Promise.resolve(connection),
    );
    transactions = new TransactionManagers();
    journal = new MemoryJournal();
    const { deployment, provider, blobs } = chain.chain;
    const managed = await Chain.connect(deployment, provider, blobs, undefined, { transactions });
    node = new RollupNode(managed, LOOP);
  });

  afterEach(() => transactions.close());

  async function manage(index: number): Promise<TransactionManager> {
    const account = (await connection.ethers.getSigners())[index].address as Hex;
    const manager = await TransactionManager.open({
      account,
      key: (await keysOf(connection)(account))!,
      provider: connection.ethers.provider,
      request: (method, params) => connection.provider.request({ method, params: [...params] }),
      journal,
      policy: { pollEvery: 20, finality: 64 },
    });
    transactions.add(account, manager);
    return manager;
  }

  async function signer(index: number) {
    return (await connection.ethers.getSigners())[index];
  }

  it("post, assert and confirm once, whoever asks again", async () => {
    for (const index of [0, 1]) await manage(index);
    const sequencer = new Sequencer(node, await signer(0), undefined, undefined, "calldata");
    sequencer.submit(loops(3));
    const posted = await sequencer.postBatch();
    expect(posted.transactions).to.equal(1);
    const validator = new Validator(node, await signer(1));
    const asserted = await validator.assert();
    expect(asserted?.resumed).to.equal(false);
    await chain.timeTravel.passWindow();
    expect((await validator.confirm()).map(({ assertion }) => assertion)).to.deep.equal([asserted?.assertion]);
    const keys = [...journal.all({ account: (await signer(1)).address.toLowerCase() as Hex, chainId: 31_337n })];
    expect(keys.map(({ action }) => action)).to.deep.equal(["assert", "confirm"]);
  });

  it("make one assertion, though a process was killed before it was told that it is made", async () => {
    const first = await manage(1);
    await manage(0);
    const sequencer = new Sequencer(node, await signer(0), undefined, undefined, "calldata");
    sequencer.submit(loops(3));
    await sequencer.postBatch();
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const asserting = new Validator(node, await signer(1)).assert().catch(() => undefined);
    while (!first.open.some(({ status }) => status === "sent")) await setTimeout(5);
    await first.close();
    await asserting;
    // Another process finds the journal; the assertion waits to be mined.
    await manage(1);
    const again = new Validator(node, await signer(1)).assert();
    await setTimeout(50);
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });
    await connection.provider.request({ method: "evm_mine" });
    expect((await again)?.resumed).to.equal(true);
    await node.sync();
    expect(node.assertions.all().length).to.equal(2);
  });

  it("take a bond home once, though a process was killed while that waited for a block, and two roles share the account", async () => {
    const first = await manage(1);
    await manage(0);
    const sequencer = new Sequencer(node, await signer(0), undefined, undefined, "calldata");
    sequencer.submit(loops(3));
    await sequencer.postBatch();
    const asserter = await signer(1);
    const roles = () => [
      new AsserterRole({ node, signer: asserter, config: { assertInterval: 1 }, confirms: true }).round(),
      new ChallengerRole(new Challenger(node, asserter)).round(),
    ];
    const validator = new Validator(node, asserter);
    await validator.assert();
    await chain.timeTravel.passWindow();
    await validator.confirm();
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const collecting = Promise.allSettled(roles());
    while (!first.open.some(({ action, status }) => action === "collect" && status === "sent")) await setTimeout(5);
    await first.close();
    await collecting;
    await manage(1);
    const again = Promise.allSettled(roles());
    await setTimeout(100);
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });
    await connection.provider.request({ method: "evm_mine" });
    expect((await again).map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled"]);
    const intents = [...journal.all({ account: asserter.address.toLowerCase() as Hex, chainId: 31_337n })];
    const collects = intents.filter(({ action }) => action === "collect");
    expect(collects.map(({ key, mined }) => `${key} ${mined?.succeeded}`)).to.deep.equal(["collect:0 true"]);
    expect(await chain.chain.contracts.rollup.credit(asserter.address)).to.equal(0n);
  });

  it("answer different claims at once, in one block", async () => {
    const sequencer = await chain.sequencer();
    sequencer.submit(loops(40));
    await sequencer.postBatch();
    const honest = await chain.honest();
    const truth = await honest.assert();
    await chain.flood(truth, FLOOD);
    const manager = await manage(3);
    const challenger = new Challenger(node, await signer(3));
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const round = challenger.once();
    while (manager.open.filter(({ status }) => status === "sent").length < FLOOD) await setTimeout(5);
    await connection.provider.request({ method: "evm_mine" });
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });
    const { actions } = await round;
    const claims = actions.filter(({ action }) => action === "claim");
    expect(claims.length).to.equal(FLOOD);
    expect(new Set(claims.map(({ block }) => block)).size).to.equal(1);
  });
});
