import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress } from "../plugin/arguments.js";
import { ETHER } from "../plugin/node/outputs.js";
import { User } from "../plugin/node/user.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { readToken, requireTokens } from "../plugin/token.js";

interface DepositArguments extends SessionArguments {
  readonly amount: string;
  readonly token: string | undefined;
  readonly to: string | undefined;
}

/** `rollup:deposit` */
const action: NewTaskActionFunction<DepositArguments> = async (args, hre) => {
  const given = parseAddress("token", args.token) ?? ETHER;
  const to = parseAddress("to", args.to);
  const session = await Session.open(hre, args);
  const token = await readToken(session.connection.ethers.provider, given);
  const amount = requireTokens("amount", token, args.amount);
  const node = await session.node("user");
  const user = new User(node, await session.signer("user"));
  const done = await session.out.during("depositing", async () =>
    token.address === ETHER ? [await user.deposit(amount, to)] : user.depositToken(token, amount, to),
  );
  const { hash } = done[done.length - 1];
  const gas = done.reduce((sum, { spent }) => sum + Number(spent.gas), 0);
  session.out.line("It waits in the inbox: rollup:batch appends it to the chain.");
  session.out.result({
    hash,
    amount,
    token: token.address,
    to: to ?? (await user.sender.address()),
    approvals: done.length - 1,
    gas,
  });
};

export default action;
