import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, requireAmount } from "../plugin/arguments.js";
import { User } from "../plugin/node/user.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface DepositArguments extends SessionArguments {
  readonly amount: string;
  readonly to: string | undefined;
}

/** `rollup:deposit` */
const action: NewTaskActionFunction<DepositArguments> = async (args, hre) => {
  const amount = requireAmount("amount", args.amount);
  const to = parseAddress("to", args.to);
  const session = await Session.open(hre, args);
  const node = await session.node("user");
  const user = new User(node, await session.signer("user"));
  const done = await session.out.during("depositing", () => user.deposit(amount, to));
  session.out.line("It waits in the inbox: rollup:batch appends it to the chain.");
  session.out.result({ hash: done.hash, amount, to: to ?? (await user.sender.address()), gas: Number(done.spent.gas) });
};

export default action;
