import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseNatural } from "../plugin/arguments.js";
import { User } from "../plugin/node/user.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { formatTokens, readToken } from "../plugin/token.js";

interface ReclaimArguments extends SessionArguments {
  readonly input: string | undefined;
  readonly to: string | undefined;
}

/** `rollup:reclaim` */
const action: NewTaskActionFunction<ReclaimArguments> = async (args, hre) => {
  const input = parseNatural("input", args.input);
  const to = parseAddress("to", args.to);
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("user");
  const user = new User(node, await session.signer("user"));
  const rejected = await user.rejectedDeposits();
  const wanted = input === undefined ? rejected.map((deposit) => deposit.input) : [input];
  const reclaimed = [];
  for (const number of wanted) {
    const done = await out.during("reclaiming", () => user.reclaim(number, to));
    const gas = done.reduce((sum, { spent }) => sum + Number(spent.gas), 0);
    const deposit = rejected.find((one) => one.input === number);
    reclaimed.push({ ...deposit, input: number, hash: done[done.length - 1].hash, transactions: done.length, gas });
    if (deposit === undefined) continue;
    const token = await readToken(session.connection.ethers.provider, deposit.token);
    out.line(`Paid back ${formatTokens(token, deposit.amount)}, deposited as input ${number}.`);
  }
  if (wanted.length === 0) {
    const me = await user.sender.address();
    out.line(
      `No deposit of ${me} was rejected in the confirmed state and not paid back. rollup:confirm makes a later state count.`,
    );
  }
  out.result({ reclaimed });
};

export default action;
