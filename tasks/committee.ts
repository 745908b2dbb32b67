import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { describeCommittee, type CommitteeStatus } from "../plugin/committee/status.js";
import { formatStake } from "../plugin/committee/stake.js";
import { formatDuration } from "../plugin/config/duration.js";
import { formatCount } from "../plugin/console/format.js";
import { RollupError } from "../plugin/errors.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

interface StatusArguments extends CommitteeArguments {
  readonly honestShare: string;
}

const SEATS = ["seat", "member", "status", "server"].map((title) => ({ title }));
const CHANCES = [{ title: "size" }, { title: "honest needed" }, { title: "quorum" }, { title: "fewer honest" }];

/** `rollup:committee` */
const action: NewTaskActionFunction<StatusArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const { config, client } = await session.committee(args.committee);
  const share = parseShare(args.honestShare);
  const status = await describeCommittee(client, config, share);
  const { parameters } = client.committee;
  out.fields({
    committee: `${config.name} at ${status.address}`,
    members: `${formatCount(status.pool)} in the pool${status.frozen ? ", which is frozen" : ""}, ${parameters.size} seats`,
    stake: `${formatStake(parameters, parameters.stake)} each, behind for ${formatDuration(parameters.unbonding)} after the last epoch`,
    epoch: `${status.epoch}${status.seats.length === 0 ? ", without seats: no certificate is good" : ""}`,
    "next draw": describeDraw(status),
  });
  out.line();
  if (status.seats.length > 0) {
    const rows = status.seats.map(({ seat, member, struck, url }) => [
      String(seat),
      member,
      struck ? "STRUCK" : "sits",
      url ?? "unknown",
    ]);
    out.table(SEATS, rows);
    out.line();
  }
  const { chances } = status;
  out.line(
    `Drawn from ${formatCount(chances.pool)}, of whom ${formatCount(chances.honest)} are honest, a committee holds too few honest members:`,
  );
  out.table(
    CHANCES,
    chances.bySize.map((row) => [String(row.size), String(row.needed), String(row.quorum), row.text]),
  );
  out.result(status);
};

function describeDraw({ next, blocks }: CommitteeStatus): string {
  if (next.action === "wait") return `by block ${next.drawBlock}, in ${formatCount(blocks)} blocks`;
  if (next.action === "turn") return `block ${next.drawBlock} is there: npx hardhat rollup:rotate`;
  return `L1 has forgotten block ${next.drawBlock}: npx hardhat rollup:rotate fixes another`;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  const facts = { given: text, expected: "a share from 0 to 1" };
  throw new RollupError("ARGUMENT_INVALID", "--honest-share is none.", facts);
}

export default action;
