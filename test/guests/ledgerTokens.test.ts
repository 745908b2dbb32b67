import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { network } from "hardhat";

import { LedgerUser } from "../../plugin/ledgerUser.js";
import type { Hex } from "../../plugin/hex.js";
import { MACHINE_NAMES } from "../../plugin/machineTable.js";
import { fieldsOf } from "../../plugin/node/derive.js";
import { formatTokens, readToken } from "../../plugin/token.js";
import { SMALL } from "../attacks/chains.js";
import { guestProgram } from "../helpers/chains.js";

const ETHER = 10n ** 18n;

/** A chain that runs the ledger, a token, and what happens to both. */
async function start(machine: (typeof MACHINE_NAMES)[number]) {
  const connection = await network.create();
  const config = { ...SMALL, machine, inputBudget: { batch: 2 ** 18 - 1, message: 200_000 } };
  const chain = await connection.rollup.deploy(
    config,
    await guestProgram(machine === "wasm" ? "ledger" : "ledger-c", machine),
  );
  const contract = await connection.ethers.deployContract("HostileToken");
  const token = await readToken(chain.chain.provider, ((await contract.getAddress()) as Hex).toLowerCase() as Hex);
  const [alice, bob, honest] = [await chain.stranger(), await chain.stranger(), await chain.honest()];
  await contract.mint(alice.address, 1_000n);
  const sequencer = await chain.sequencer();
  const ledger = (signer: HardhatEthersSigner) => new LedgerUser(chain.node, signer);
  /** Appends what waits, asserts all of it and has it confirmed. */
  const settle = async (): Promise<void> => {
    await sequencer.drain();
    if (sequencer.pending.length > 0) await sequencer.postBatch();
    while ((await honest.validator.assert()) !== undefined);
    await chain.playDispute([honest]);
    await chain.node.sync();
  };
  return { connection, chain, contract, token, alice, bob, sequencer, ledger, settle };
}

for (const machine of MACHINE_NAMES)
  describe(`the ledger on ${machine}, with tokens and messages`, function () {
    this.timeout(60_000);

    it("carries a token from its depositor to somebody else on L1", async () => {
      const { chain, contract, token, alice, bob, sequencer, ledger, settle } = await start(machine);
      const [depositor, recipient] = [await chain.user(alice), await chain.user(bob)];
      const done = await depositor.depositToken(token, 600n);
      expect(done.map(({ action }) => action)).to.deep.equal(["approve", "deposit"]);
      expect(done[1].text).to.contain(`deposit ${formatTokens(token, 600n)} for`);
      await sequencer.drain();
      await chain.node.sync();
      const to = bob.address.toLowerCase() as Hex;
      sequencer.submit(await ledger(alice).sign({ action: "transfer", to, amount: 250n, token: token.address }, []));
      await sequencer.postBatch();
      await chain.node.sync();
      expect(await ledger(bob).account(token.address)).to.include({ balance: 250n, nonce: 0n, token: token.address });
      expect(await ledger(bob).account()).to.include({ balance: 0n });
      sequencer.submit(await ledger(bob).sign({ action: "withdrawal", to, amount: 100n, token: token.address }, []));
      await settle();
      const [unpaid, ...others] = await ledger(bob).unpaid();
      expect(others).to.deep.equal([]);
      await recipient.withdraw(unpaid.withdrawal, unpaid.proof);
      expect(await contract.balanceOf(bob.address)).to.equal(100n);
      const { bridge } = chain.chain.contracts;
      expect(await bridge.held(token.address)).to.equal(500n);
      expect(await ledger(bob).unpaid()).to.deep.equal([]);
    });

    it("says what a depositor lacks before anything is spent, and asks for no more than is needed", async () => {
      const { chain, contract, token, alice } = await start(machine);
      const user = await chain.user(alice);
      const refused = await user.depositToken(token, 1_001n).catch((error: { code?: string }) => error.code);
      expect(refused).to.equal("INSUFFICIENT_TOKENS");
      const { bridge } = chain.chain.addresses;
      await contract.connect(alice).approve(bridge, 5n);
      const done = await user.depositToken(token, 6n);
      expect(done.map(({ action }) => action)).to.deep.equal(["approve", "approve", "deposit"]);
      expect(await contract.allowance(alice.address, bridge)).to.equal(0n);
      await contract.connect(alice).approve(bridge, 7n);
      expect(await user.depositToken(token, 7n)).to.have.length(1);
    });

    it("has a contract on L1 called in the name of who signed that, once, and tried again where it refuses", async () => {
      const { connection, chain, alice, bob, sequencer, ledger, settle } = await start(machine);
      const target = await connection.ethers.deployContract("MessageTarget", [chain.chain.addresses.messenger]);
      const to = ((await target.getAddress()) as Hex).toLowerCase() as Hex;
      await (await chain.user(alice)).deposit(ETHER);
      await sequencer.drain();
      await chain.node.sync();
      const data = target.interface.encodeFunctionData("take", [41n]) as Hex;
      sequencer.submit(await ledger(alice).sign({ action: "message", to, data }, []));
      await settle();
      const [{ message, proof }] = await ledger(alice).unexecuted();
      const stranger = await chain.user(bob);
      await target.refuse(true);
      const code = await stranger.execute(message, data, proof).catch((error: { code?: string }) => error.code);
      expect(code).to.equal("REVERTED");
      await target.refuse(false);
      await stranger.execute(message, data, proof);
      const [senders, values] = await target.taken();
      expect([[...senders], [...values]]).to.deep.equal([[alice.address], [41n]]);
      expect(await ledger(alice).unexecuted()).to.deep.equal([]);
      const again = await stranger.execute(message, data, proof).catch((error: Error) => error.message);
      expect(again).to.contain("AlreadyExecuted(0)");
    });

    it("takes what a contract on L1 sends as from that contract, and nothing that is not signed as anybody's", async () => {
      const { connection, chain, alice, sequencer } = await start(machine);
      const wrapper = await connection.ethers.deployContract("Wrapper");
      const { inbox } = chain.chain.contracts;
      await wrapper
        .connect(alice)
        .forward(inbox, inbox.interface.encodeFunctionData("sendMessage", [`0x${"01".repeat(160)}`]));
      await chain.node.sync();
      const [queued] = chain.node.derivation.waiting.map(fieldsOf);
      expect(queued.sender).to.equal(((await wrapper.getAddress()) as Hex).toLowerCase());
      await sequencer.drain();
      await chain.node.sync();
      expect(chain.node.executor.input(0n).header).to.include({ kind: "message", sender: queued.sender });
      expect(chain.node.executor.executed()[0].outcome).to.equal("rejected");
    });
  });
