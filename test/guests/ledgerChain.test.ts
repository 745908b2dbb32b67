import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";

import {
  decodeLedgerLog,
  encodeLedgerBatch,
  LedgerOutputs,
  queryLedgerAccount,
  signLedgerTransaction,
  type LedgerAccount,
  type LedgerPaymentAction,
  type LedgerDomain,
  type SignedLedgerTransaction,
} from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import { MACHINE_NAMES } from "../../plugin/machineTable.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram } from "../helpers/chains.js";
import { inEveryMode, type ModeChain } from "../helpers/modes.js";

const ETHER = 10n ** 18n;

for (const machine of MACHINE_NAMES)
  inEveryMode(`a chain that runs the ledger on ${machine}`, (deployIn) => {
    let mode: ModeChain;
    let chain: TestChain;
    let alice: HardhatEthersSigner;
    let bob: HardhatEthersSigner;
    let domain: LedgerDomain;

    beforeEach(async () => {
      mode = await deploy();
      ({ chain } = mode);
      alice = await chain.stranger();
      bob = await chain.stranger();
      domain = await domainOf(chain);
    });

    async function deploy(beside?: ModeChain): Promise<ModeChain> {
      return deployIn(await guestProgram(machine === "wasm" ? "ledger" : "ledger-c", machine), beside);
    }

    async function domainOf({ chain: { provider, addresses } }: TestChain): Promise<LedgerDomain> {
      return { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
    }

    function sign(
      action: LedgerPaymentAction,
      to: string,
      amount: bigint,
      nonce: bigint,
    ): Promise<SignedLedgerTransaction> {
      return signLedgerTransaction(alice, domain, { action, to: to.toLowerCase() as Hex, amount, nonce });
    }

    async function deposit(to: ModeChain, amount: bigint): Promise<void> {
      await (await to.chain.user(alice)).deposit(amount);
      await (await to.sequencer()).drain();
    }

    async function post(to: ModeChain, ...transactions: SignedLedgerTransaction[]): Promise<void> {
      const sequencer = await to.sequencer();
      sequencer.submit(encodeLedgerBatch(transactions));
      await sequencer.postBatch();
    }

    async function account({ chain: { node } }: ModeChain, { address }: HardhatEthersSigner): Promise<LedgerAccount> {
      await node.sync();
      const { executor, program } = node;
      return queryLedgerAccount(
        program,
        executor.boundary(executor.inputCount)!.snapshot,
        address.toLowerCase() as Hex,
      );
    }

    it("credits what the bridge took, and moves what a wallet signed", async () => {
      await deposit(mode, 3n * ETHER);
      await post(mode, await sign("transfer", bob.address, ETHER, 0n));
      expect(await account(mode, alice)).to.deep.include({ nonce: 1n, balance: 2n * ETHER });
      expect(await account(mode, bob)).to.deep.include({ nonce: 0n, balance: ETHER });
    });

    it("takes no signature that was made for another chain of the same settlement layer", async () => {
      const other = await deploy(mode);
      await deposit(mode, ETHER);
      await deposit(other, ETHER);
      const signed = await sign("transfer", bob.address, ETHER, 0n);
      await post(other, signed);
      expect(await account(other, alice)).to.deep.include({ nonce: 0n, balance: ETHER });
      await post(mode, signed);
      expect(await account(mode, alice)).to.deep.include({ nonce: 1n, balance: 0n });
    });

    it("pays a withdrawal that was forced in past a sequencer who stopped", async () => {
      await deposit(mode, 3n * ETHER);
      const user = await chain.user(alice);
      await user.sendMessage(encodeLedgerBatch([await sign("withdrawal", bob.address, 2n * ETHER, 0n)]));
      await chain.timeTravel.passForcedInclusion();
      await user.forceInclude();

      const { validator } = await chain.honest();
      while ((await validator.assert()) !== undefined);
      await mode.finalize(await chain.stranger());

      const { state } = chain.node.assertions.confirmed;
      const { withdrawal, proof } = new LedgerOutputs(chain.node.executor.executed()).proveWithdrawal(state, 0n);
      const { provider } = chain.chain;
      const before = await provider.getBalance(bob);
      await user.withdraw(withdrawal, proof);
      expect((await provider.getBalance(bob)) - before).to.equal(2n * ETHER);
      expect(await account(mode, alice)).to.deep.include({ nonce: 1n, balance: ETHER });
    });

    it("confirms no lie about a transfer, and the truth beside it", async () => {
      await deposit(mode, 3n * ETHER);
      const honest = await chain.honest();
      const parent = await honest.assert();
      await post(mode, await sign("transfer", bob.address, ETHER, 0n));
      const liar = await chain.liar({ seed: 3, parent });
      const lie = await liar.assert();
      const truth = await honest.assert();
      await mode.attest(await chain.stranger());
      const { winner } = await chain.playDispute([honest, liar]);
      expect(winner).to.equal("honest");
      expect(chain.node.assertions.confirmed.id).to.equal(truth);
      expect(chain.node.assertions.get(lie).status).to.be.oneOf(["countered", "rejected"]);
      expect(await account(mode, bob)).to.deep.include({ balance: ETHER });
    });

    it("says in its logs why it left a transaction out", async () => {
      await deposit(mode, ETHER);
      await post(mode, await sign("transfer", bob.address, 2n * ETHER, 0n));
      await chain.node.sync();
      const logs = chain.node.executor.executed().flatMap(({ logs }) => logs.map(({ data }) => decodeLedgerLog(data)));
      const signer = alice.address.toLowerCase();
      expect(logs).to.deep.equal([{ kind: "refused", place: 0, reason: "insufficient-balance", signer }]);
    });
  });
