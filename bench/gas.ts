import { keccak_256 } from "@noble/hashes/sha3.js";
import hre from "hardhat";

import { resolveChain } from "../plugin/config/resolve.js";
import type { SourceKind } from "../plugin/config/types.js";
import { formatTable } from "../plugin/console/table.js";
import { LedgerOutputs } from "../plugin/guests/ledger.js";
import { loadProgram } from "../plugin/guests/program.js";
import { wordOf } from "../plugin/hex.js";
import { blob, calldata } from "../plugin/sources/builders.js";
import { TestChain } from "../plugin/testing/testChain.js";
import { committeeGas } from "./committeeGas.js";
import { Payer } from "./ledgerLoad.js";
import { outputGas } from "./outputGas.js";
import { GAS_PEERS } from "./peers.js";
import { count, print, progress, readOptions } from "./options.js";
import { MIPS_CLASSES, RISCV_CLASSES, stepGas } from "./stepGas.js";

const KILOBYTE = 1024;
const WORD = 32;
/** So many accounts' work is in the input of which single steps are proved. */
const TRANSFERS = 20;
/** And so many, where every proof takes seconds. */
const FEW = 6;

/** Of calldata, one transaction has room for at most so many bytes of noise: 16.7 million gas at 40 a byte, of which the source takes less. */
const CALLDATA_PIECE = 240 * KILOBYTE;
const SIZES = { "1k": KILOBYTE, "100k": 100 * KILOBYTE, "700k": 700 * KILOBYTE };
const READ_BLOB = { "step.wasm.readBlob": ["host.input_word"] };

/** Gas and, where there is any, blob gas. */
type Figures = Record<string, { readonly gas: bigint; readonly blobGas: bigint }>;

/** What every action costs, on a chain that is no longer new: its slots are written already. */
async function measure(): Promise<Figures> {
  const parts = { guest: "ledger", sequencer: 1, sources: [calldata(), blob()] };
  const config = resolveChain("bench", parts, hre.config.paths.root);
  const connection = await hre.network.create("default");
  const chain = await TestChain.deploy(connection, config, await loadProgram(config));
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
  const batches: Figures = {};
  for (const source of ["calldata", "blob"] as const) {
    for (const [size, bytes] of Object.entries(SIZES)) {
      progress(`${size} in ${source}`);
      batches[`batch.${source}.${size}`] = await postNoise(chain, bytes, source);
    }
  }
  progress("assertion, confirmation, withdrawal");
  const assertions = [await made(honest.validator.assert()), await made(honest.validator.assert())];
  await chain.timeTravel.passWindow();
  const confirmations = await honest.validator.confirm();
  const { withdrawal, proof } = new LedgerOutputs(chain.node.executor.executed()).proveWithdrawal(
    chain.node.assertions.confirmed.state,
    0n,
  );
  const withdrawn = await user.withdraw(withdrawal, proof);
  progress("single steps");
  const steps = await stepGas(connection, chain);
  progress("a word of a blob");
  const inBlobs = await chain.sequencer(undefined, undefined, "blob");
  for (let at = 0; at < FEW; at++) inBlobs.submit(await payer.sign("transfer", chain.chain.addresses.bridge));
  await inBlobs.postBatch();
  const blobStep = await stepGas(connection, chain, READ_BLOB);
  await connection.close();
  return {
    ...onlyGas({ ...steps, ...blobStep }),
    ...batches,
    ...onlyGas({
      assert: assertions[1],
      "confirm.unchallenged": confirmations[1].spent.gas,
      deposit: deposit.spent.gas,
      withdraw: withdrawn.spent.gas,
      deploy: chain.deployed.gas,
    }),
  };
}

/** Single steps of the ledger on another machine than WebAssembly's. */
async function machineSteps(machine: "riscv" | "mips", classes: typeof RISCV_CLASSES): Promise<Figures> {
  progress(`single steps on ${machine}`);
  const parts = { machine, guest: "ledger-c", sequencer: 1 };
  const config = resolveChain(machine, parts, hre.config.paths.root);
  const connection = await hre.network.create("default");
  const chain = await TestChain.deploy(connection, config, await loadProgram(config));
  const [payer, sequencer] = [new Payer(chain), await chain.sequencer()];
  await payer.deposit();
  await sequencer.drain();
  for (let at = 0; at < TRANSFERS; at++) sequencer.submit(await payer.sign("transfer", chain.chain.addresses.bridge));
  await sequencer.postBatch();
  await chain.node.sync();
  const steps = await stepGas(connection, chain, classes);
  await connection.close();
  return onlyGas(steps);
}

/** Posts so many bytes of noise, which nobody can compress, in as few transactions as they fit; gives what these took in all. */
async function postNoise(chain: TestChain, bytes: number, source: SourceKind): Promise<Figures[string]> {
  const sequencer = await chain.sequencer(undefined, undefined, source);
  const piece = source === "calldata" ? CALLDATA_PIECE : bytes;
  let [gas, blobGas] = [0n, 0n];
  for (let start = 0; start < bytes; start += piece) {
    for (let at = start; at < Math.min(bytes, start + piece); at += WORD) sequencer.submit(keccak_256(wordOf(at)));
    const { spent } = await sequencer.postBatch();
    [gas, blobGas] = [gas + spent.gas, blobGas + spent.blobGas];
  }
  return { gas, blobGas };
}

async function made(assertion: Promise<{ spent: { gas: bigint } } | undefined>): Promise<bigint> {
  const done = await assertion;
  if (done === undefined) throw new Error("There was nothing to assert.");
  return done.spent.gas;
}

function onlyGas(figures: Readonly<Record<string, bigint>>): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, gas]) => [key, { gas, blobGas: 0n }]));
}

const COLUMNS = [
  { title: "action" },
  { title: "gas", align: "right" },
  { title: "blob gas", align: "right" },
  { title: "others" },
] as const;

const options = readOptions([]);
const figures = Object.entries({
  ...(await measure()),
  ...(await machineSteps("riscv", RISCV_CLASSES)),
  ...(await machineSteps("mips", MIPS_CLASSES)),
  ...onlyGas(await outputGas()),
  ...onlyGas(await committeeGas()),
});
const rows = figures.map(([key, { gas, blobGas }]) => [
  key,
  count(gas),
  blobGas === 0n ? "" : count(blobGas),
  GAS_PEERS[key] ?? "",
]);
const inBlobs = figures.filter(([, { blobGas }]) => blobGas > 0n);
const result = {
  ...Object.fromEntries(figures.map(([key, { gas }]) => [key, Number(gas)])),
  blobGas: Object.fromEntries(inBlobs.map(([key, { blobGas }]) => [key, Number(blobGas)])),
};
print(options, result, formatTable(COLUMNS, rows));
