import { setTimeout } from "node:timers/promises";

import { expect } from "chai";
import { toQuantity } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { Intent } from "../../plugin/l1/intent.js";
import type { SendRequest, TransactionManager } from "../../plugin/l1/transactionManager.js";
import { closeManaged, manage, transfer, type Between, type ManagedAccount } from "../helpers/managers.js";
import { onEachNetwork } from "../helpers/networks.js";

const GWEI = 10n ** 9n;

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

onEachNetwork("a manager of transactions", (connect, name) => {
  let connection: NetworkConnection;
  let snapshot: unknown;

  before(async () => {
    connection = await connect();
  });

  beforeEach(async () => {
    // Anvil does not take its base fee back with its blocks.
    await mineWithout(1, GWEI);
    snapshot = await request("evm_snapshot");
  });

  afterEach(async () => {
    await closeManaged();
    await request("evm_revert", snapshot);
    await request("evm_setAutomine", true);
  });

  function request(method: string, ...params: unknown[]): Promise<unknown> {
    return connection.provider.request({ method, params });
  }

  function nextBaseFee(fee: bigint): Promise<unknown> {
    return request("hardhat_setNextBlockBaseFeePerGas", toQuantity(fee));
  }

  /** Blocks whose base fee is too high for what waits. */
  async function mineWithout(blocks: number, baseFee: bigint): Promise<void> {
    for (let mined = 0; mined < blocks; mined++) {
      await nextBaseFee(baseFee);
      await request("evm_mine");
    }
  }

  async function balanceOf({ transaction }: Pick<SendRequest, "transaction">): Promise<bigint> {
    return connection.ethers.provider.getBalance(transaction.to);
  }

  /** Until something that was begun is written down and was looked at. */
  async function begun(manager: TransactionManager, ...keys: string[]): Promise<void> {
    const wait = Date.now() + 20_000;
    while (keys.some((key) => manager.find(key) === undefined)) {
      if (Date.now() > wait) throw new Error(`Nothing was begun under one of ${keys.join(", ")}.`);
      await setTimeout(5);
    }
    await manager.tick();
  }

  /** Blocks at a base fee, until everything is mined. */
  async function settle(manager: TransactionManager, baseFee = GWEI): Promise<void> {
    for (let blocks = 0; blocks < 20 && manager.open.some(({ mined }) => mined === undefined); blocks++) {
      await mineWithout(1, baseFee);
      await manager.tick();
    }
  }

  it("does what it is asked for under one key once", async () => {
    const { manager, journal, account } = await manage(connection, 2);
    const wanted = transfer("once");
    const sent = await Promise.all([manager.send(wanted), manager.send(wanted), manager.send(wanted)]);
    expect(new Set(sent.map(({ mined }) => mined?.hash)).size).to.equal(1);
    expect((await manager.send(wanted)).mined?.hash).to.equal(sent[0].mined?.hash);
    const next = await manage(connection, 2, {}, journal);
    expect((await next.manager.send(wanted)).mined?.hash).to.equal(sent[0].mined?.hash);
    expect(await balanceOf(wanted)).to.equal(1n);
    expect(await connection.ethers.provider.getTransactionCount(account)).to.equal(sent[0].nonce + 1);
  });

  it("has one key for what is done again and again until it is mined, whoever is killed meanwhile", async () => {
    const { manager, journal } = await manage(connection, 2);
    expect((await manager.send(transfer(manager.recurringKey("again")))).mined?.succeeded).to.equal(true);
    const before = await request("evm_snapshot");
    await request("evm_setAutomine", false);
    const key = manager.recurringKey("again");
    expect(key).to.equal("again:1");
    const wanted = transfer(key);
    const sending = manager.send(wanted);
    await begun(manager, key);
    expect(manager.recurringKey("again")).to.equal(key);
    const next = await manage(connection, 2, {}, journal);
    expect(next.manager.recurringKey("again")).to.equal(key);
    await request("evm_mine");
    await Promise.all([manager.tick(), next.manager.tick()]);
    await sending;
    for (const each of [manager, next.manager]) expect(each.recurringKey("again")).to.equal("again:2");
    await request("evm_revert", before);
    await request("evm_setAutomine", false);
    await next.manager.tick();
    for (const each of [manager, next.manager]) expect(each.recurringKey("again")).to.equal(key);
    await request("evm_mine");
    await next.manager.tick();
    expect(await balanceOf(wanted)).to.equal(1n);
  });

  it("has many transactions in flight, in the order of their nonces", async () => {
    await request("evm_setAutomine", false);
    const { manager } = await manage(connection, 2);
    const wanted = Array.from({ length: 12 }, (_, index) => transfer(`many ${index}`));
    const sending = Promise.all(wanted.map((one) => manager.send(one)));
    await begun(manager, ...wanted.map(({ key }) => key));
    expect(manager.open.every(({ status }) => status === "sent")).to.equal(true);
    await request("evm_mine");
    await manager.tick();
    const sent = await sending;
    const nonces = sent.map(({ nonce }) => nonce).sort((a, b) => a - b);
    expect(nonces).to.deep.equal(nonces.map((_, index) => nonces[0] + index));
    for (const one of wanted) expect(await balanceOf(one)).to.equal(1n);
  });

  it("offers more for what is stuck, with the same nonce, so that one of the attempts is mined", async () => {
    await request("evm_setAutomine", false);
    const { manager, events } = await manage(connection, 2, { stuckAfterBlocks: 2 });
    const wanted = transfer("stuck");
    const sending = manager.send(wanted);
    await begun(manager, "stuck");
    const first = manager.find("stuck")!.attempts[0];
    await mineWithout(2, first.maxFeePerGas * 2n);
    await manager.tick();
    const [, second] = manager.find("stuck")!.attempts;
    expect(Number(second.maxFeePerGas) / Number(first.maxFeePerGas)).to.be.above(1.1);
    expect(second.maxPriorityFeePerGas > first.maxPriorityFeePerGas).to.equal(true);
    await nextBaseFee(second.maxFeePerGas / 2n);
    await request("evm_mine");
    await manager.tick();
    expect((await sending).mined?.hash).to.equal(second.hash);
    expect(await balanceOf(wanted)).to.equal(1n);
    expect(events.filter(({ type }) => type === "resent").length).to.equal(1);
  });

  it("never offers more than its limit, which rises as a clock runs out", async () => {
    await request("evm_setAutomine", false);
    const limits = { maxFeePerGas: 50n * GWEI, urgentMaxFeePerGas: 1_000n * GWEI, urgentBefore: 1_000n };
    const { manager, events } = await manage(connection, 2, limits);
    await mineWithout(1, 100n * GWEI);
    const now = BigInt((await connection.ethers.provider.getBlock("latest"))!.timestamp);
    const wanted = transfer("spike", { until: now + 2_000n });
    const sending = manager.send(wanted);
    await begun(manager, "spike");
    expect(manager.find("spike")!.attempts).to.deep.equal([]);
    expect(events.filter(({ type }) => type === "alarm").length).to.be.above(0);
    await request("evm_setNextBlockTimestamp", toQuantity(now + 1_500n));
    await mineWithout(1, 100n * GWEI);
    await manager.tick();
    const [offered] = manager.find("spike")!.attempts;
    expect(offered.maxFeePerGas > 50n * GWEI && offered.maxFeePerGas <= 525n * GWEI).to.equal(true);
    await request("evm_mine");
    await manager.tick();
    expect((await sending).mined?.succeeded).to.equal(true);
  });

  it("sends what waits in front when something behind it is urgent", async () => {
    await request("evm_setAutomine", false);
    const limits = { maxFeePerGas: 50n * GWEI, urgentMaxFeePerGas: 1_000n * GWEI, urgentBefore: 1_000n };
    const { manager } = await manage(connection, 2, limits);
    await mineWithout(1, 100n * GWEI);
    const now = BigInt((await connection.ethers.provider.getBlock("latest"))!.timestamp);
    const sending = [manager.send(transfer("patient")), manager.send(transfer("urgent", { until: now + 100n }))];
    await begun(manager, "patient", "urgent");
    await request("evm_mine");
    await manager.tick();
    expect((await Promise.all(sending)).every(({ mined }) => mined?.succeeded)).to.equal(true);
  });

  it("keeps to its budget, with all that may still be mined at what it offers", async () => {
    await request("evm_setAutomine", false);
    const fees = 21_000n * 10n * GWEI;
    const { manager } = await manage(connection, 2, { budget: { fees, valuePerDay: 10n } });
    const sending: Promise<Intent>[] = [];
    for (let count = 0; ; count++) {
      const more = manager.send(transfer(`fees ${count}`));
      const refused = codeOf(more);
      const code = await Promise.race([refused, begun(manager, `fees ${count}`).catch(() => refused)]);
      if (code !== undefined) {
        expect(code).to.equal("BUDGET_EXCEEDED");
        break;
      }
      sending.push(more);
    }
    expect(sending.length).to.be.within(1, 10);
    expect(manager.spent.fees <= fees).to.equal(true);
    const before = manager.find("fees 0")!.attempts[0].maxFeePerGas;
    await mineWithout(4, before * 4n);
    await manager.tick();
    expect(manager.spent.fees <= fees).to.equal(true);
    await settle(manager, before / 2n);
    await Promise.all(sending);
    expect(manager.spent.fees <= fees).to.equal(true);
    expect(await codeOf(manager.send(transfer("value", {}, 11n)))).to.equal("BUDGET_EXCEEDED");
  });

  it("does not promise what the balance cannot pay once all that waits is paid", async () => {
    await request("evm_setAutomine", false);
    const { manager, account } = await manage(connection, 2);
    await request("hardhat_setBalance", account, toQuantity(10n ** 18n));
    const sending = manager.send(transfer("most", {}, 6n * 10n ** 17n));
    await begun(manager, "most");
    expect(await codeOf(manager.send(transfer("rest", {}, 5n * 10n ** 17n)))).to.equal("INSUFFICIENT_FUNDS");
    await request("evm_mine");
    await manager.tick();
    expect((await sending).mined?.succeeded).to.equal(true);
  });

  it("sends again what the network has forgotten", async () => {
    await request("evm_setAutomine", false);
    const { manager } = await manage(connection, 2, { stuckAfterBlocks: 1 });
    const wanted = transfer("dropped");
    const sending = manager.send(wanted);
    await begun(manager, "dropped");
    await request(`${name}_dropTransaction`, manager.find("dropped")!.attempts[0].hash);
    await settle(manager);
    expect((await sending).mined?.succeeded).to.equal(true);
    expect(await balanceOf(wanted)).to.equal(1n);
  });

  it("hands a transaction in again that no endpoint may have, though no block comes", async () => {
    let lost = 0;
    const losing: Between = (method, ask) => {
      if (method !== "eth_sendRawTransaction" || lost === 2) return ask();
      lost += 1;
      return Promise.reject(new Error("socket hang up"));
    };
    const { manager } = await manage(connection, 2, {}, undefined, losing);
    const wanted = transfer("unheard");
    const sending = manager.send(wanted);
    await begun(manager, "unheard");
    const [attempt] = manager.find("unheard")!.attempts;
    for (let looks = 0; looks < 3; looks++) await manager.tick();
    expect(lost).to.equal(2);
    expect((await sending).mined?.hash).to.equal(attempt.hash);
    expect(await balanceOf(wanted)).to.equal(1n);
  });

  it("fills a nonce for which others wait", async () => {
    await request("evm_setAutomine", false);
    const { manager, journal } = await manage(connection, 2);
    const sending = [manager.send(transfer("low")), manager.send(transfer("high"))];
    void sending[0].catch(() => undefined);
    await begun(manager, "low", "high");
    const low = manager.find("low")!;
    await request(`${name}_dropTransaction`, low.attempts[0].hash);
    journal.update({ ...low, status: "abandoned", reason: "as if nobody wanted it any more" });
    await settle(manager);
    expect((await sending[1]).mined?.succeeded).to.equal(true);
    expect(journal.find(low, `fill:${low.nonce}`)?.mined?.succeeded).to.equal(true);
  });

  it("gives up what can never be mined, once another transaction with its nonce is final", async () => {
    await request("evm_setAutomine", false);
    const { manager, account } = await manage(connection, 2, { finality: 2 });
    const wanted = transfer("overtaken");
    const sending = manager.send(wanted);
    const code = codeOf(sending);
    await begun(manager, "overtaken");
    const { nonce, attempts } = manager.find("overtaken")!;
    await request(`${name}_dropTransaction`, attempts[0].hash);
    await request("eth_sendTransaction", { from: account, to: account, nonce: toQuantity(nonce), value: "0x0" });
    await request("evm_mine");
    for (let looks = 0; looks < 4; looks++) await manager.tick();
    expect(manager.find("overtaken")?.status).to.equal("sent");
    await request("evm_mine");
    await request("evm_mine");
    for (let looks = 0; looks < 4; looks++) await manager.tick();
    expect(await code).to.equal("NOT_SENT");
    expect(await balanceOf(wanted)).to.equal(0n);
    await request("evm_setAutomine", true);
    expect((await manager.send(wanted)).nonce).to.equal(nonce + 1);
  });

  it("sends again what was undone, also on a network that calls its latest block final, as Hardhat's does", async () => {
    const { manager } = await manage(connection, 2);
    const before = await request("evm_snapshot");
    const wanted = transfer("undone");
    await manager.send(wanted);
    await manager.tick();
    await request("evm_revert", before);
    expect(await balanceOf(wanted)).to.equal(0n);
    await manager.tick();
    expect(await balanceOf(wanted)).to.equal(1n);
    await request("hardhat_mine", toQuantity(64));
    await manager.tick();
    expect(manager.open).to.deep.equal([]);
  });

  it("sends again what a reorganization has undone, and calls it final only when nothing can", async () => {
    const account = await manage(connection, 2, { finality: 3 });
    const before = await request("evm_snapshot");
    const wanted = [transfer("a"), transfer("b")];
    for (const one of wanted) await account.manager.send(one);
    await request("evm_revert", before);
    for (const one of wanted) expect(await balanceOf(one)).to.equal(0n);
    await account.manager.tick();
    for (const one of wanted) expect((await account.manager.send(one)).mined?.succeeded).to.equal(true);
    for (const one of wanted) expect(await balanceOf(one)).to.equal(1n);
    expect(account.manager.open.length).to.equal(2);
    for (let mined = 0; mined < 4; mined++) await request("evm_mine");
    await account.manager.tick();
    expect(account.manager.open).to.deep.equal([]);
    expect(account.events.filter(({ type }) => type === "resent").length).to.equal(2);
  });

  it("says that a block has refused it, and does it anew under the same key", async () => {
    const probe = await connection.ethers.deployContract("BlobProbe");
    const { manager } = await manage(connection, 2);
    const { to, data } = await probe.refuse.populateTransaction();
    const transaction = {
      to: to as `0x${string}`,
      data: data as `0x${string}`,
      value: 0n,
      gasLimit: 60_000n,
      blobs: [],
    };
    const wanted = transfer("refused", { transaction });
    const first = await manager.send(wanted);
    const second = await manager.send(wanted);
    expect([first.mined?.succeeded, second.mined?.succeeded]).to.deep.equal([false, false]);
    expect(second.nonce).to.equal(first.nonce + 1);
  });

  it("raises an alarm before a clock runs out, and when the balance is low, once each", async () => {
    await request("evm_setAutomine", false);
    const { manager, account, events } = await manage(connection, 2, { alarmBefore: 500n, minBalance: 10n ** 17n });
    const now = BigInt((await connection.ethers.provider.getBlock("latest"))!.timestamp);
    const sending = manager.send(transfer("clock", { until: now + 1_000n }));
    await begun(manager, "clock");
    expect(alarms(events)).to.deep.equal([]);
    await nextBaseFee(10_000n * GWEI);
    await request("evm_setNextBlockTimestamp", toQuantity(now + 600n));
    await request("evm_mine");
    await request("hardhat_setBalance", account, toQuantity(10n ** 16n));
    for (let looks = 0; looks < 3; looks++) await manager.tick();
    expect(alarms(events).length).to.equal(2);
    await settle(manager);
    await sending;
  });
});

function alarms(events: ManagedAccount["events"]): string[] {
  return events.flatMap((event) => (event.type === "alarm" ? [event.text] : []));
}
