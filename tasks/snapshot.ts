import { stat } from "node:fs/promises";
import { join } from "node:path";

import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { formatCount } from "../plugin/console/format.js";
import { recordSnapshot } from "../plugin/snapshot/record.js";
import { networkOf, restoreChain } from "../plugin/snapshot/restore.js";
import { writeSnapshot } from "../plugin/snapshot/snapshot.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface SnapshotArguments extends SessionArguments {
  /** `--out` */
  readonly out: string | undefined;
}

/** `rollup:snapshot` */
const action: NewTaskActionFunction<SnapshotArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const chain = await session.chain();
  const program = await session.program();
  const snapshot = await out.during("recording the chain", () => recordSnapshot(chain));
  const started = performance.now();
  // Who starts tests from it should not be the first to find out that it cannot be restored.
  const trial = await hre.network.create({ network: "default", override: networkOf(snapshot) });
  await out.during("restoring it for a trial", () => restoreChain(trial, session.config, program, snapshot));
  await trial.close();
  const seconds = (performance.now() - started) / 1_000;
  const file = args.out ?? join(session.deployments, session.connection.networkName, `${chain.name}.snapshot.json.gz`);
  await writeSnapshot(file, snapshot);
  const { size } = await stat(file);
  const { blocks, transactions, end } = snapshot;
  out.fields({
    chain: `${chain.name}, ${end.inputs} inputs`,
    transactions: `${formatCount(transactions.length)} in ${formatCount(blocks.length)} blocks`,
    restored: `in ${seconds.toFixed(1)} s`,
    written: `${file}, ${formatCount(size)} bytes`,
  });
  out.result({ file, size, transactions: transactions.length, inputs: Number(end.inputs), seconds });
};

export default action;
