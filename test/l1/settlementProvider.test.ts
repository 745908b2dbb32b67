import { expect } from "chai";
import { HDNodeWallet, JsonRpcProvider, Wallet } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { SettlementProvider } from "../../plugin/l1/settlementProvider.js";
import { TransactionManager } from "../../plugin/l1/transactionManager.js";
import { MemoryJournal } from "../../plugin/l1/transactionJournal.js";
import type { NodeEvent } from "../../plugin/node/events.js";
import { EventReader } from "../../plugin/node/eventReader.js";
import { isRevert } from "../../plugin/node/reverts.js";
import type { Faults } from "../../plugin/testing/faultyEndpoint.js";
import { behindEndpoints, type SpoiledLayer } from "../helpers/endpoints.js";
import { SAID } from "../helpers/forkingLayer.js";
import { WebServer } from "../helpers/webServer.js";

const MNEMONIC = "test test test test test test test test test test test junk";
/** What goes wrong at good endpoints, all at once. */
const WEATHER: Faults = {
  errors: 0.04,
  unavailable: 0.04,
  rateLimit: 0.04,
  resets: 0.04,
  lostAnswers: 0.04,
  truncated: 0.04,
};
/** Emits `Said(7)`: PUSH1 7 PUSH0 MSTORE PUSH32 topic PUSH1 32 PUSH0 LOG1. */
const SAY = `60075f527f${SAID.getEvent("Said")!.topicHash.slice(2)}60205fa100`;

behindEndpoints("several endpoints", (start) => {
  let layer: SpoiledLayer;
  let direct: JsonRpcProvider;
  let wallet: Wallet | HDNodeWallet;
  let speaker: Hex;
  let told: NodeEvent[];
  const opened: SettlementProvider[] = [];

  before(async () => {
    layer = await start();
    direct = new JsonRpcProvider(layer.url, undefined, { cacheTimeout: -1, pollingInterval: 20 });
    wallet = HDNodeWallet.fromPhrase(MNEMONIC).connect(direct);
    const initcode = `0x60${(SAY.length / 2).toString(16)}600b5f3960${(SAY.length / 2).toString(16)}5ff300${SAY}`;
    const receipt = await (await wallet.sendTransaction({ data: initcode })).wait();
    speaker = receipt!.contractAddress!.toLowerCase() as Hex;
    for (let times = 0; times < 6; times++) await (await wallet.sendTransaction({ to: speaker })).wait();
  });

  beforeEach(() => {
    told = [];
    for (const endpoint of layer.endpoints) endpoint.faults = {};
  });

  afterEach(() => {
    for (const provider of opened.splice(0)) provider.destroy();
  });

  after(() => direct.destroy());

  async function open(quorum: number, timeout = 5_000): Promise<SettlementProvider> {
    const endpoints = layer.endpoints.map(({ url }) => url);
    const provider = await SettlementProvider.open({
      endpoints,
      quorum,
      timeout,
      onEvent: (event) => told.push(event),
    });
    opened.push(provider);
    return provider;
  }

  async function logsOf(provider: Pick<JsonRpcProvider, "getLogs">): Promise<string[]> {
    const logs = await provider.getLogs({ address: speaker, fromBlock: 0, toBlock: "latest" });
    return logs.map(({ blockHash, data }) => `${blockHash} ${data}`);
  }

  it("answer as one", async () => {
    const provider = await open(2);
    expect(await provider.getBlockNumber()).to.equal(await direct.getBlockNumber());
    expect((await provider.getBlock("latest"))?.hash).to.equal((await direct.getBlock("latest"))?.hash);
    expect(await provider.getBalance(wallet.address)).to.equal(await direct.getBalance(wallet.address));
    expect(await logsOf(provider)).to.deep.equal(await logsOf(direct));
    expect((await logsOf(direct)).length).to.equal(6);
    expect(told).to.deep.equal([]);
  });

  for (const [what, faults] of [
    ["leaves logs out or changes them", { wrongLogs: 1 }],
    ["tells of other blocks", { wrongBlocks: 1 }],
  ] as const) {
    it(`outvote one that ${what}, of which they tell`, async () => {
      const provider = await open(2);
      layer.endpoints[0].faults = faults;
      for (let times = 0; times < 3; times++) {
        expect(await logsOf(provider)).to.deep.equal(await logsOf(direct));
        expect((await provider.getBlock(3))?.hash).to.equal((await direct.getBlock(3))?.hash);
      }
      expect(told.some((event) => event.type === "hindered" && event.text.includes("believe"))).to.equal(true);
    });
  }

  it("say that they contradict each other, where no quorum says the same", async () => {
    const provider = await open(3);
    layer.endpoints[1].faults = { wrongBlocks: 1 };
    const error: unknown = await provider.getBlock(3).catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "ENDPOINTS_DISAGREE");
  });

  it("answer from the last block that a quorum has, where one lags behind", async () => {
    const provider = await open(2);
    layer.endpoints[0].faults = { behind: 3 };
    expect(await provider.getBlockNumber()).to.equal(await direct.getBlockNumber());
    expect((await provider.getBlock("latest"))?.hash).to.equal((await direct.getBlock("latest"))?.hash);
    expect(await logsOf(provider)).to.deep.equal(await logsOf(direct));
    layer.endpoints[1].faults = { behind: 2 };
    expect(await provider.getBlockNumber()).to.equal((await direct.getBlockNumber()) - 2);
    expect((await logsOf(provider)).length).to.equal(4);
  });

  it("do not wait again for one that never answers", async () => {
    const provider = await open(2, 400);
    layer.endpoints[0].faults = { silent: 1 };
    await provider.getBlock("latest");
    const before = layer.endpoints[0].happened.get("silent") ?? 0;
    for (let times = 0; times < 10; times++) await provider.getBlock("latest");
    expect((layer.endpoints[0].happened.get("silent") ?? 0) - before).to.be.below(4);
  });

  it("say why, where too few of them answer", async () => {
    const provider = await open(2, 300);
    for (const endpoint of layer.endpoints.slice(1)) endpoint.faults = { unavailable: 1 };
    const error: unknown = await provider.getBlock(1).catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "ENDPOINTS_UNREACHABLE");
    expect(String(error)).to.contain("status 503");
  });

  it("explain what a contract refuses", async () => {
    const provider = await open(2);
    // PUSH0 PUSH0 REVERT, as code that is created.
    const error: unknown = await provider.call({ data: "0x5f5ffd" }).catch((reason: unknown) => reason);
    expect(isRevert(error)).to.equal(true);
  });

  it("give events whatever the weather, in ranges as they let them be", async () => {
    for (const [index, endpoint] of layer.endpoints.entries()) {
      endpoint.faults = { ...WEATHER, maxLogRange: 3 + index };
    }
    const provider = await open(2);
    const reader = new EventReader(provider, new Map([[speaker, SAID]]), 0);
    const events = await reader.read();
    expect(events.map(({ description }) => Number(description.args[0]))).to.deep.equal([7, 7, 7, 7, 7, 7]);
  });

  it("take every transaction of a manager once, whatever the weather", async () => {
    const provider = await open(2);
    for (const endpoint of layer.endpoints) endpoint.faults = { ...WEATHER, lostAnswers: 0.2 };
    const manager = await TransactionManager.open({
      account: wallet.address as Hex,
      key: wallet.privateKey as Hex,
      provider,
      request: (method, params) => provider.request(method, params),
      journal: new MemoryJournal(),
      policy: { pollEvery: 50, stuckAfterBlocks: 1 },
    });
    const recipients = Array.from({ length: 8 }, () => Wallet.createRandom().address as Hex);
    const sending = recipients.map((to) => {
      const transaction = { to, data: "0x", value: 1n, gasLimit: 21_000n, blobs: [] } as const;
      return manager.send({ key: to, action: "deposit", text: `pay ${to}`, transaction });
    });
    await Promise.all(sending);
    await manager.close();
    for (const to of recipients) expect(await direct.getBalance(to)).to.equal(1n);
    expect(layer.endpoints.some(({ happened }) => (happened.get("lostAnswers") ?? 0) > 0)).to.equal(true);
  });

  it("are refused if they are of different settlement layers", async () => {
    const other = await WebServer.start(() => ({ jsonrpc: "2.0", id: 1, result: "0x1" }));
    const opening = SettlementProvider.open({ endpoints: [layer.url, other.url] });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    await other.stop();
    expect(error).to.have.property("code", "ENDPOINTS_DIFFER");
  });
});
