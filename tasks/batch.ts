import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseChoice } from "../plugin/arguments.js";
import type { SourceChoice } from "../plugin/node/postingPrices.js";
import { Sequencer, type PostedBatch } from "../plugin/node/sequencer.js";
import { TransactionPool } from "../plugin/pool.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

const SOURCES: readonly SourceChoice[] = ["calldata", "blob", "committee", "auto"];

interface BatchArguments extends SessionArguments {
  readonly source: string;
}

/** `rollup:batch` */
const action: NewTaskActionFunction<BatchArguments> = async (args, hre) => {
  const source = parseChoice("source", args.source, SOURCES);
  const session = await Session.open(hre, args);
  const { out, config, connection } = session;
  const node = await session.node("sequencer");
  const pool = new TransactionPool(session.deployments, connection.networkName, config.name);
  const transactions = await pool.waiting();
  const messages = node.derivation.waiting.length;
  const sequencer = new Sequencer(node, await session.signer("sequencer"), undefined, undefined, source);
  for (const transaction of transactions) sequencer.submit(transaction);
  const batches: PostedBatch[] = [];
  while (sequencer.pending.length > 0) {
    const batch = await out.during("posting a batch", () => sequencer.postBatch());
    await pool.posted(batch.transactions);
    batches.push(batch);
  }
  const done = batches.length > 0 ? batches : await out.during("appending messages", () => sequencer.drain());
  if (done.length === 0)
    out.line("Nothing waits: rollup:send and rollup:deposit give the sequencer something to post.");
  out.result({
    transactions: transactions.length,
    messages,
    inputs: node.derivation.count,
    hashes: done.map(({ hash }) => hash),
    gas: Number(done.reduce((sum, { spent }) => sum + spent.gas, 0n)),
    blobGas: Number(done.reduce((sum, { spent }) => sum + spent.blobGas, 0n)),
    batches: batches.map(({ transactions: count, posting }) => ({ transactions: count, ...posting })),
  });
};

export default action;
