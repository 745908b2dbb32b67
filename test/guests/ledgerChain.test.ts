import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { network } from "hardhat";

import {
  decodeLedgerLog,
  encodeLedgerBatch,
  LedgerWithdrawals,
  queryLedgerAccount,
  signLedgerTransaction,
  type LedgerAccount,
  type LedgerAction,
  type LedgerDomain,
  type SignedLedgerTransaction,
} from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram } from "../helpers/chains.js";

const ETHER = 10n ** 18n;

describe("a chain that runs the ledger", () => {
  let connection: Awaited<ReturnType<typeof network.create>>;
  let chain: TestChain;
  let alice: HardhatEthersSigner;
  let bob: HardhatEthersSigner;
  let domain: LedgerDomain;

  beforeEach(async () => {
    connection = await network.create();
    chain = await deploy();
    alice = await chain.stranger();
    bob = await chain.stranger();
    domain = await domainOf(chain);
  });

  async function deploy(): Promise<TestChain> {
    return connection.rollup.deploy({ history: "calldata" }, await guestProgram("ledger"));
  }

  async function domainOf({ chain: { provider, addresses } }: TestChain): Promise<LedgerDomain> {
    return { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
  }

  function sign(action: LedgerAction, to: string, amount: bigint, nonce: bigint): Promise<SignedLedgerTransaction> {
    return signLedgerTransaction(alice, domain, { action, to: to.toLowerCase() as Hex, amount, nonce });
  }

  async function deposit(to: TestChain, amount: bigint): Promise<void> {
    await (await to.user(alice)).deposit(amount);
    await (await to.sequencer()).drain();
  }

  async function post(to: TestChain, ...transactions: SignedLedgerTransaction[]): Promise<void> {
    const sequencer = await to.sequencer();
    sequencer.submit(encodeLedgerBatch(transactions));
    await sequencer.postBatch();
  }

  async function account(of: TestChain, { address }: HardhatEthersSigner): Promise<LedgerAccount> {
    await of.node.sync();
    const { executor, program } = of.node;
    return queryLedgerAccount(program, executor.boundary(executor.inputCount)!.snapshot, address.toLowerCase() as Hex);
  }

  it("credits what the bridge took, and moves what a wallet signed", async () => {
    await deposit(chain, 3n * ETHER);
    await post(chain, await sign("transfer", bob.address, ETHER, 0n));
    expect(await account(chain, alice)).to.deep.include({ nonce: 1n, balance: 2n * ETHER });
    expect(await account(chain, bob)).to.deep.include({ nonce: 0n, balance: ETHER });
  });

  it("takes no signature that was made for another chain of the same settlement layer", async () => {
    const other = await deploy();
    await deposit(chain, ETHER);
    await deposit(other, ETHER);
    const signed = await sign("transfer", bob.address, ETHER, 0n);
    await post(other, signed);
    expect(await account(other, alice)).to.deep.include({ nonce: 0n, balance: ETHER });
    await post(chain, signed);
    expect(await account(chain, alice)).to.deep.include({ nonce: 1n, balance: 0n });
  });

  it("pays a withdrawal that was forced in past a sequencer who stopped", async () => {
    await deposit(chain, 3n * ETHER);
    const user = await chain.user(alice);
    await user.sendMessage(encodeLedgerBatch([await sign("withdrawal", bob.address, 2n * ETHER, 0n)]));
    await chain.timeTravel.passForcedInclusion();
    await user.forceInclude();

    const { validator } = await chain.honest();
    while ((await validator.assert()) !== undefined);
    await chain.timeTravel.passWindow();
    await validator.confirm();

    const { state } = chain.node.assertions.confirmed;
    const { withdrawal, proof } = new LedgerWithdrawals(chain.node.executor.executed()).prove(state, 0n);
    const before = await connection.ethers.provider.getBalance(bob);
    await user.withdraw(withdrawal, proof);
    expect((await connection.ethers.provider.getBalance(bob)) - before).to.equal(2n * ETHER);
    expect(await account(chain, alice)).to.deep.include({ nonce: 1n, balance: ETHER });
  });

  it("says in its logs why it left a transaction out", async () => {
    await deposit(chain, ETHER);
    await post(chain, await sign("transfer", bob.address, 2n * ETHER, 0n));
    await chain.node.sync();
    const logs = chain.node.executor.executed().flatMap(({ logs }) => logs.map(({ data }) => decodeLedgerLog(data)));
    const signer = alice.address.toLowerCase();
    expect(logs).to.deep.equal([{ kind: "refused", place: 0, reason: "insufficient-balance", signer }]);
  });
});
