import hre from "hardhat";

import { resolveChain } from "../plugin/config/resolve.js";
import { loadProgram } from "../plugin/guests/program.js";
import type { Hex } from "../plugin/hex.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import { TestChain } from "../plugin/testing/testChain.js";
import { readToken } from "../plugin/token.js";
import { progress } from "./options.js";

const ETHER = 10n ** 18n;
/** Half of what is there: the second time slots are written already. */
const [FIRST, SECOND] = [500n, 300n];

/** What tokens and messages cost on L1, both ways. */
export async function outputGas(): Promise<Readonly<Record<string, bigint>>> {
  progress("tokens and messages");
  const parts = { guest: "ledger", sequencer: 1, history: "calldata", sources: ["calldata"] } as const;
  const config = resolveChain("outputs", parts, hre.config.paths.root);
  const connection = await hre.network.create("default");
  const chain = await TestChain.deploy(connection, config, await loadProgram(config));
  const [alice, sequencer, honest] = [await chain.stranger(), await chain.sequencer(), await chain.honest()];
  const contract = await connection.ethers.deployContract("HostileToken");
  const token = await readToken(chain.chain.provider, ((await contract.getAddress()) as Hex).toLowerCase() as Hex);
  const target = await connection.ethers.deployContract("MessageTarget", [chain.chain.addresses.messenger]);
  await contract.mint(alice.address, 2n * FIRST);
  const [user, ledger] = [await chain.user(alice), new LedgerUser(chain.node, alice)];
  await user.deposit(ETHER);
  await user.depositToken(token, FIRST);
  const [approval, deposit] = await user.depositToken(token, SECOND);
  await sequencer.drain();
  await chain.node.sync();
  const me = alice.address.toLowerCase() as Hex;
  const data = target.interface.encodeFunctionData("take", [41n]) as Hex;
  const to = ((await target.getAddress()) as Hex).toLowerCase() as Hex;
  sequencer.submit(await ledger.sign({ action: "withdrawal", to: me, amount: SECOND, token: token.address }, []));
  sequencer.submit(await ledger.sign({ action: "message", to, data }, []));
  await sequencer.postBatch();
  const sent = await user.sendMessage(new Uint8Array(160));
  while ((await honest.validator.assert()) !== undefined);
  await chain.playDispute([honest]);
  await chain.node.sync();
  const [{ withdrawal, proof }] = await ledger.unpaid();
  const withdrawn = await user.withdraw(withdrawal, proof);
  const [message] = await ledger.unexecuted();
  const executed = await user.execute(message.message, data, message.proof);
  await connection.close();
  return {
    "token.approve": approval.spent.gas,
    "token.deposit": deposit.spent.gas,
    "token.withdraw": withdrawn.spent.gas,
    "message.send": sent.spent.gas,
    "message.execute": executed.spent.gas,
  };
}
