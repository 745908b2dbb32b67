import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { Sequencer } from "../plugin/node/sequencer.js";
import { TransactionPool } from "../plugin/pool.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

/** `rollup:batch` */
const action: NewTaskActionFunction<SessionArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, config, connection } = session;
  const node = await session.node("sequencer");
  const pool = new TransactionPool(session.deployments, connection.networkName, config.name);
  const transactions = await pool.waiting();
  const messages = node.derivation.waiting.length;
  const sequencer = new Sequencer(node, await session.signer("sequencer"));
  for (const transaction of transactions) sequencer.submit(transaction);
  const done =
    transactions.length > 0
      ? [await out.during("posting a batch", () => sequencer.postBatch())]
      : await out.during("appending messages", () => sequencer.drain());
  await pool.posted(transactions.length);
  if (done.length === 0)
    out.line("Nothing waits: rollup:send and rollup:deposit give the sequencer something to post.");
  out.result({
    transactions: transactions.length,
    messages,
    inputs: node.derivation.inputs.length,
    hashes: done.map(({ hash }) => hash),
    gas: Number(done.reduce((sum, { spent }) => sum + spent.gas, 0n)),
  });
};

export default action;
