import { readFileSync, writeFileSync } from "node:fs";

import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";

import { encodeLedgerTransaction, LEDGER_TRANSACTION_SIZE, signLedgerTransaction } from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import type { LedgerOrder } from "../../plugin/ledgerUser.js";
import { readToken } from "../../plugin/token.js";
import type { NodeClient } from "../../plugin/service/nodeClient.js";
import type { TransactionAnswer } from "../../plugin/service/server/answers.js";
import { pay, type ConfirmedWithdrawal } from "../../plugin/node/pay.js";
import { Sender } from "../../plugin/node/sender.js";
import { ServedWithdrawals } from "../../plugin/service/servedWithdrawals.js";
import { ETHER, ServedChain, until } from "./services.js";

interface AccountAnswer {
  readonly accounts: readonly { readonly balance: string; readonly nonce: string; readonly nextNonce: string }[];
}

describe("a node that runs", function () {
  this.timeout(240_000);
  let served: ServedChain;
  let client: NodeClient;
  let alice: HardhatEthersSigner;
  let bob: HardhatEthersSigner;

  beforeEach(async () => {
    served = await ServedChain.deploy();
    [, , , , alice, bob] = await served.connection.ethers.getSigners();
  });

  afterEach(async () => {
    await served.stop();
  });

  const stateOf = async (hash: Hex): Promise<string> =>
    (await client.get<TransactionAnswer>(`/v1/transactions/${hash}`)).state;
  const account = async (address: string): Promise<AccountAnswer["accounts"][number]> =>
    (await client.get<AccountAnswer>(`/v1/accounts/${address}`)).accounts[0];
  const balanceIs = (address: string, amount: bigint) => async (): Promise<boolean> =>
    BigInt((await account(address)).balance) === amount;

  it("takes a transaction from a user to a confirmed state, and pays a withdrawal with the proof that it gives", async () => {
    client = await served.start();
    await served.deposit(alice, 3n * ETHER);
    await until(() => balanceIs(alice.address, 3n * ETHER)().catch(() => false));
    const transfer = await client.send(await served.sign(alice, "transfer", bob.address, ETHER, 0));
    const withdrawal = await client.send(await served.sign(alice, "withdrawal", bob.address, ETHER, 1));
    await until(async () => (await stateOf(withdrawal)) === "included");
    expect(await account(alice.address)).to.include({ balance: String(ETHER), nonce: "2", nextNonce: "2" });
    expect(await account(bob.address)).to.include({ balance: String(ETHER), nonce: "0" });

    await until(async () => {
      await served.chain.timeTravel.passWindow();
      return (await stateOf(withdrawal)) === "confirmed" && (await stateOf(transfer)) === "confirmed";
    });
    const [paid] = await client.get<{ index: string; confirmed: boolean }[]>(`/v1/withdrawals?account=${bob.address}`);
    expect(paid.confirmed).to.equal(true);
    const { chain } = served.chain;
    const ask = (index?: bigint): Promise<ConfirmedWithdrawal[]> =>
      new ServedWithdrawals(client, chain).of(bob.address.toLowerCase() as Hex, index);
    const [proven] = await ask();
    expect(await ask(BigInt(paid.index))).to.deep.equal([proven]);
    const sender = new Sender(bob, () => undefined);
    const forged = { ...proven, withdrawal: { ...proven.withdrawal, amount: 2n * ETHER } };
    const refused = await pay(chain, sender, forged).catch((error: unknown) => error);
    expect(refused).to.include({ code: "REVERTED" });
    const before = await chain.provider.getBalance(bob.address);
    const done = await pay(chain, sender, proven);
    expect((await chain.provider.getBalance(bob.address)) - before + done.spent.fee).to.equal(ETHER);
    expect(await ask()).to.deep.equal([]);
  });

  it("lists all that it pays to somebody, page by page, and what of others is not taken", async () => {
    client = await served.start();
    await served.deposit(alice, 28n);
    await until(() => balanceIs(alice.address, 28n)().catch(() => false));
    const recipients = [bob, alice, bob, bob, alice, bob, bob];
    const hashes: Hex[] = [];
    for (const [nonce, { address }] of recipients.entries()) {
      hashes.push(await client.send(await served.sign(alice, "withdrawal", address, BigInt(nonce + 1), nonce)));
    }
    await until(async () => {
      await served.chain.timeTravel.passWindow();
      return (await stateOf(hashes[6])) === "confirmed";
    });
    const { chain } = served.chain;
    const to = bob.address.toLowerCase() as Hex;
    for (const page of [1, 2, 3, 5, 100]) {
      const found = await new ServedWithdrawals(client, chain, page).of(to, undefined);
      expect(found.map(({ withdrawal }) => withdrawal.amount)).to.deep.equal([1n, 3n, 4n, 6n, 7n]);
    }
    const list = new ServedWithdrawals(client, chain);
    const wanted = await list.of(to, undefined);
    expect(await list.ofOthers(wanted)).to.deep.equal([1n, 4n]);
    const sender = new Sender(bob, () => undefined);
    for (const each of wanted) await pay(chain, sender, each);
    expect(await list.of(to, undefined)).to.deep.equal([]);
    expect(await list.ofOthers([])).to.deep.equal([1n, 4n]);
  });

  it("knows accounts of tokens, with nonces of their own, and messages to L1", async () => {
    client = await served.start();
    const contract = await served.connection.ethers.deployContract("HostileToken");
    const token = ((await contract.getAddress()) as Hex).toLowerCase() as Hex;
    await contract.mint(alice.address, 50n);
    await served.deposit(alice, ETHER);
    await (await served.chain.user(alice)).depositToken(await readToken(served.chain.chain.provider, token), 50n);
    const of = async (address: string): Promise<AccountAnswer["accounts"][number]> =>
      (await client.get<AccountAnswer>(`/v1/accounts/${address}?token=${token}`)).accounts[0];
    await until(async () => (await of(alice.address).catch(() => undefined))?.balance === "50");
    const to = bob.address.toLowerCase() as Hex;
    const send = async (order: LedgerOrder): Promise<Hex> =>
      client.send(encodeLedgerTransaction(await signLedgerTransaction(alice, served.domain, { ...order, nonce: 0n })));
    const transfer = await send({ action: "transfer", to, amount: 20n, token });
    const message = await send({ action: "message", to, data: "0x12" });
    await until(async () => (await stateOf(transfer)) === "included" && (await stateOf(message)) === "included");
    expect(await of(alice.address)).to.include({ balance: "30", nonce: "1" });
    expect(await of(bob.address)).to.include({ balance: "20", nonce: "0" });
    expect(await account(alice.address)).to.include({ balance: String(ETHER), nonce: "1" });
  });

  it("posts a deposit in time also where the settlement layer makes no block by itself", async () => {
    client = await served.start(["sequencer"], { batchInterval: 1 });
    await served.deposit(alice, ETHER);
    await until(() => balanceIs(alice.address, ETHER)().catch(() => false));
  });

  it("refutes a lie while it goes on serving, and takes its bonds home", async () => {
    client = await served.start();
    await served.deposit(alice, ETHER);
    await until(() => balanceIs(alice.address, ETHER)().catch(() => false));
    await served.stop();
    const liar = await served.chain.liar({ seed: 5 });
    const lie = await liar.assert();
    client = await served.start(["sequencer", "challenger", "asserter"]);
    await until(async () => {
      await liar.act();
      await served.chain.timeTravel.by(20_000);
      return (await client.get<{ status: string }>(`/v1/disputes/${lie}`)).status !== "pending";
    });
    const dispute = await client.get<{ status: string; claims: unknown[] }>(`/v1/disputes/${lie}`);
    expect(dispute.status).to.equal("countered");
    expect(dispute.claims).not.to.have.length(0);
    await until(async () => {
      await served.chain.timeTravel.passWindow();
      const { confirmed, bonds } = await client.get<{ confirmed: { end: string }; bonds: string }>("/v1/status");
      return BigInt(confirmed.end) > 0n && bonds === "0";
    });
  });

  it("knows after a restart what it has promised, and posts each transaction once", async () => {
    client = await served.start(["asserter"]);
    await served.deposit(alice, 100n * ETHER);
    await (await served.chain.sequencer()).drain();
    await until(() => balanceIs(alice.address, 100n * ETHER)().catch(() => false));
    const hashes: Hex[] = [];
    for (let nonce = 0; nonce < 30; nonce++) {
      hashes.push(await client.send(await served.sign(alice, "transfer", bob.address, ETHER, nonce)));
    }
    expect(await stateOf(hashes[29])).to.equal("accepted");
    await served.stop();
    // What is due does not wait for the next look at the settlement layer.
    client = await served.start(["sequencer"], { batchBytes: LEDGER_TRANSACTION_SIZE * 7, poll: 3_600 });
    await until(async () => (await stateOf(hashes[29])) === "included");
    expect(await account(bob.address)).to.include({ balance: String(30n * ETHER) });
    expect(await account(alice.address)).to.include({ nonce: "30", nextNonce: "30" });
    const { derivation } = served.service.node;
    const sizes = derivation.inputs
      .filter(({ header }) => header.kind === "batch")
      .map(({ data }) => data.length / LEDGER_TRANSACTION_SIZE);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(30);
    expect(Math.max(...sizes)).to.be.at.most(7);
  });

  it("has all that it has promised applied in its order, whatever a reorganization takes", async () => {
    client = await served.start(["sequencer"], { batchInterval: 0.5 }, true);
    await served.deposit(alice, 100n * ETHER);
    await until(() => balanceIs(alice.address, 100n * ETHER)().catch(() => false));
    const send = async (nonce: number): Promise<Hex> =>
      client.send(await served.sign(alice, "transfer", bob.address, 1n, nonce));
    const { provider } = served.connection;
    const before = (await provider.request({ method: "evm_snapshot" })) as string;
    const first = await send(0);
    // With which it is posted, so that the batch cannot be posted again as it is when the deposit is gone.
    await served.deposit(bob, 7n);
    await until(async () => (await stateOf(first)) === "included");
    const second = await send(1);
    await until(async () => (await stateOf(second)) === "included");
    expect(served.service.node.derivation.inputs.map(({ header }) => header.kind)).to.deep.equal([
      "deposit",
      "deposit",
      "batch",
      "batch",
    ]);
    await provider.request({ method: "evm_revert", params: [before] });
    await provider.request({ method: "hardhat_mine", params: ["0x10"] });
    await until(() => balanceIs(bob.address, 2n)().catch(() => false));
    expect((await account(alice.address)).nonce).to.equal("2");
  });

  it("says of a transaction what its own input has made of it, whoever posts the same again", async () => {
    client = await served.start(["sequencer"]);
    await served.deposit(alice, 3n * ETHER);
    await until(() => balanceIs(alice.address, 3n * ETHER)().catch(() => false));
    const transfer = await served.sign(alice, "transfer", bob.address, ETHER, 0);
    const hash = await client.send(transfer);
    await until(async () => (await stateOf(hash)) === "included");
    const { input } = await client.get<TransactionAnswer>(`/v1/transactions/${hash}`);
    await (await served.chain.user(bob)).sendMessage(transfer);
    await until(async () => (await client.get<{ executed: number }>("/v1/status")).executed === input! + 2);
    expect(await client.get(`/v1/transactions/${hash}`)).to.include({ state: "included", input });
    expect(await account(bob.address)).to.include({ balance: String(ETHER) });
  });

  it("posts what it has promised once, also where its file is damaged", async () => {
    client = await served.start(["sequencer", "asserter"]);
    await served.deposit(alice, 100n * ETHER);
    await until(() => balanceIs(alice.address, 100n * ETHER)().catch(() => false));
    const hashes: Hex[] = [];
    const send = async (nonce: number): Promise<unknown> =>
      hashes.push(await client.send(await served.sign(alice, "transfer", bob.address, ETHER, nonce)));
    for (let nonce = 0; nonce < 10; nonce++) await send(nonce);
    await until(async () => (await stateOf(hashes[9])) === "included");
    await served.stop();
    client = await served.start(["asserter"]);
    await until(() => account(alice.address).catch(() => undefined));
    for (let nonce = 10; nonce < 20; nonce++) await send(nonce);
    await served.stop();
    writeFileSync(served.path, readFileSync(served.path).fill(0, 0, 4_096));
    client = await served.start();
    await until(async () => (await stateOf(hashes[19])) === "included");
    for (const hash of hashes) expect(await stateOf(hash)).to.equal("included");
    expect(await account(bob.address)).to.include({ balance: String(20n * ETHER) });
    expect(await account(alice.address)).to.include({ nonce: "20", nextNonce: "20" });
    const posted = served.service.node.derivation.inputs.filter(({ header }) => header.kind === "batch");
    const bytes = posted.reduce((sum, { data }) => sum + data.length, 0);
    expect(bytes / LEDGER_TRANSACTION_SIZE).to.equal(20);
  });

  it("answers with what the guest says at the head, and forgets what it was asked", async () => {
    client = await served.start(["sequencer"]);
    await served.deposit(alice, ETHER);
    await until(() => balanceIs(alice.address, ETHER)().catch(() => false));
    const question = `0x${"00".repeat(12)}${alice.address.slice(2).toLowerCase()}`;
    const before = served.service.node.executor.boundary(1n)?.hash;
    const answer = await client.post<{ outcome: string; logs: Hex[] }>("/v1/query", { data: question });
    expect(answer.outcome).to.equal("rejected");
    expect(BigInt(`0x${answer.logs[0].slice(-64)}`)).to.equal(ETHER);
    const short = await client.post<{ outcome: string }>("/v1/query", { data: question, steps: 10 });
    expect(short.outcome).to.equal("out-of-budget");
    expect(served.service.node.executor.boundary(1n)?.hash).to.equal(before);
  });

  it("says how it is: healthy while it keeps up, and why not when it does not", async () => {
    client = await served.start(["sequencer"]);
    await until(() =>
      client.get("/health").then(
        () => true,
        () => false,
      ),
    );
    const metrics = await (await fetch(`${client.url}/metrics`)).text();
    expect(metrics).to.match(/rollup_inputs\{chain="test"\} 0/);
    expect(await client.get("/v1/status")).to.deep.include({ guest: "ledger", roles: ["sequencer"], problems: [] });
  });
});
