import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { formatDuration } from "../plugin/config/duration.js";
import { formatCount, formatHash } from "../plugin/console/format.js";
import { statusOf, type AssertionStatusView } from "../plugin/node/status.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

const COLUMNS = ["assertion", "inputs", "state", "status", "correct", "claims", "age"].map((title) => ({ title }));

/** `rollup:status` */
const action: NewTaskActionFunction<SessionArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("status");
  const status = await statusOf(node);
  out.fields({
    chain: `${session.config.name} on ${session.connection.networkName}`,
    rollup: node.chain.addresses.rollup,
    inputs: `${formatCount(status.inputs)}, and ${status.waitingMessages} messages that wait`,
    steps: formatCount(status.steps),
    history: `${status.history}, ${node.chain.parameters.levels} levels; blobs are proved by ${status.kzg}`,
    confirmed: `up to input ${status.confirmed.end}`,
  });
  out.line();
  const rows = status.assertions.map((assertion) => [
    formatHash(assertion.id),
    assertion.end === 0n ? "genesis" : `${assertion.first}-${assertion.end - 1n}`,
    formatHash(assertion.stateHash),
    assertion.status,
    assertion.correct === undefined ? "unknown" : assertion.correct ? "yes" : "NO",
    formatClaims(assertion.claims),
    formatDuration(Number(status.now - assertion.createdAt)),
  ]);
  out.table(COLUMNS, rows);
  out.result({ chain: session.config.name, network: session.connection.networkName, ...status });
};

function formatClaims({ open, total, unseen }: AssertionStatusView["claims"]): string {
  return `${open} open of ${total}${unseen === 0 ? "" : `, ${unseen} NOT FOUND`}`;
}

export default action;
