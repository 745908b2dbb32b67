import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { Challenger } from "../plugin/node/challenger.js";
import { watchAdvancing } from "../plugin/watch.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface ChallengeArguments extends SessionArguments {
  readonly once: boolean;
  readonly poll: number;
  readonly advance: boolean;
}

/** `rollup:challenge` */
const action: NewTaskActionFunction<ChallengeArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const node = await session.node("challenger");
  const challenger = new Challenger(node, await session.signer("challenger"));
  await out.during("watching", async () => {
    if (args.once) await challenger.once();
    else if (args.advance) await watchAdvancing(challenger, connection);
    else await challenger.watch({ pollSeconds: args.poll });
  });
  const { transactions, gas } = challenger.spending;
  out.line(transactions === 0 ? "Nothing to do." : "Nothing is left to do.");
  out.result({ transactions, gas: Number(gas), confirmed: Number(node.assertions.confirmed.end) });
};

export default action;
