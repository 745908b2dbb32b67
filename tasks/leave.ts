import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { advanceTo } from "../plugin/clock.js";
import { formatStake } from "../plugin/committee/stake.js";
import type { Leaving } from "../plugin/committee/user.js";
import { formatDuration } from "../plugin/config/duration.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

interface LeaveArguments extends CommitteeArguments {
  readonly advance: boolean;
}

/** `rollup:leave` */
const action: NewTaskActionFunction<LeaveArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const { client, user } = await session.committee(args.committee);
  const { committee } = client;
  const { parameters } = committee;
  let leaving = await user.leave();
  if (leaving.action === "wait" && leaving.freeAt !== undefined && args.advance) {
    await advanceTo(connection, leaving.freeAt);
    leaving = await user.leave();
  }
  const unbonding = formatDuration(parameters.unbonding);
  out.line(describe(leaving, formatStake(parameters, parameters.stake), unbonding, await committee.now()));
  out.result({
    action: leaving.action,
    member: await user.sender.address(),
    epoch: Number(leaving.epoch),
    freeAt: leaving.action === "wait" && leaving.freeAt !== undefined ? Number(leaving.freeAt) : null,
    gas: leaving.action === "wait" ? 0 : Number(leaving.done.spent.gas),
  });
};

function describe(leaving: Leaving, stake: string, unbonding: string, now: bigint): string {
  const { epoch } = leaving;
  if (leaving.action === "wait") {
    const { freeAt } = leaving;
    if (freeAt !== undefined) return `The stake of ${stake} is free in ${formatDuration(Number(freeAt - now))}.`;
    return `The stake of ${stake} is free ${unbonding} after epoch ${epoch} is over: the next one begins with rollup:rotate.`;
  }
  if (leaving.action === "withdraw") return `The stake of ${stake} is back.`;
  return `It is not drawn any more. A seat in epoch ${epoch} is kept until that is over; ${unbonding} later rollup:leave gives ${stake} back.`;
}

export default action;
