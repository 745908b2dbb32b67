import { keccak_256 } from "@noble/hashes/sha3.js";
import hre from "hardhat";

import { resolveChain } from "../plugin/config/resolve.js";
import { formatTable } from "../plugin/console/table.js";
import { LedgerWithdrawals } from "../plugin/guests/ledger.js";
import { loadProgram } from "../plugin/guests/program.js";
import { wordOf } from "../plugin/hex.js";
import { TestChain } from "../plugin/testing/testChain.js";
import { Payer } from "./ledgerLoad.js";
import { GAS_PEERS } from "./peers.js";
import { count, print, progress, readOptions } from "./options.js";
import { stepGas } from "./stepGas.js";

const KILOBYTE = 1024;
const WORD = 32;
/** So many accounts' work is in the input of which single steps are proved. */
const TRANSFERS = 20;

/** What every action costs, on a chain that is no longer new: its slots are written already. */
async function measure(): Promise<Record<string, number>> {
  const config = resolveChain("bench", { guest: "ledger", sequencer: 1 }, hre.config.paths.root);
  const connection = await hre.network.create("default");
  const chain = await TestChain.deploy(connection, config, await loadProgram(config.guest));
  const honest = await chain.honest();
  const [payer, sequencer, user] = [new Payer(chain), await chain.sequencer(), await chain.user()];
  progress("deposit, batches");
  await payer.deposit();
  await sequencer.drain();
  const deposit = await user.deposit(1n);
  await sequencer.drain();
  sequencer.submit(await payer.sign("withdrawal", await user.sender.address()));
  await sequencer.postBatch();
  for (let at = 0; at < TRANSFERS; at++) sequencer.submit(await payer.sign("transfer", chain.chain.addresses.bridge));
  await sequencer.postBatch();
  const batches = [await postNoise(chain, KILOBYTE), await postNoise(chain, 100 * KILOBYTE)];
  progress("assertion, confirmation, withdrawal");
  const assertions = [await made(honest.validator.assert()), await made(honest.validator.assert())];
  await chain.timeTravel.passWindow();
  const confirmations = await honest.validator.confirm();
  const { withdrawal, proof } = new LedgerWithdrawals(chain.node.executor.executed()).prove(
    chain.node.assertions.confirmed.state,
    0n,
  );
  const withdrawn = await user.withdraw(withdrawal, proof);
  progress("single steps");
  const steps = await stepGas(connection, chain);
  await connection.close();
  return {
    ...steps,
    "batch.calldata.1k": batches[0],
    "batch.calldata.100k": batches[1],
    assert: assertions[1],
    "confirm.unchallenged": Number(confirmations[1].spent.gas),
    deposit: Number(deposit.spent.gas),
    withdraw: Number(withdrawn.spent.gas),
    deploy: Number(chain.deployed.gas),
  };
}

/** Posts so many bytes of noise, which nobody can compress; gives the transaction's gas. */
async function postNoise(chain: TestChain, bytes: number): Promise<number> {
  const sequencer = await chain.sequencer();
  for (let at = 0; at < bytes; at += WORD) sequencer.submit(keccak_256(wordOf(at)));
  return Number((await sequencer.postBatch()).spent.gas);
}

async function made(assertion: Promise<{ spent: { gas: bigint } } | undefined>): Promise<number> {
  const done = await assertion;
  if (done === undefined) throw new Error("There was nothing to assert.");
  return Number(done.spent.gas);
}

const options = readOptions([]);
const result = await measure();
const rows = Object.entries(result).map(([key, gas]) => [key, count(gas), GAS_PEERS[key] ?? ""]);
print(options, result, formatTable([{ title: "action" }, { title: "gas", align: "right" }, { title: "others" }], rows));
