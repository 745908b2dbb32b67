import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseNatural } from "../plugin/arguments.js";
import { formatAmount } from "../plugin/config/amount.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import { User } from "../plugin/node/user.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface WithdrawArguments extends SessionArguments {
  readonly index: string | undefined;
}

/** `rollup:withdraw` */
const action: NewTaskActionFunction<WithdrawArguments> = async (args, hre) => {
  const index = parseNatural("index", args.index);
  const session = await Session.open(hre, args);
  const { out } = session;
  const node = await session.node("user");
  const signer = await session.signer("user");
  const ledger = new LedgerUser(node, signer);
  const me = await ledger.address();
  const unpaid = await ledger.unpaid();
  const wanted = unpaid.filter(({ withdrawal }) =>
    index === undefined ? withdrawal.recipient === me : withdrawal.index === index,
  );
  const user = new User(node, signer);
  const paid = [];
  for (const { withdrawal, proof } of wanted) {
    const done = await out.during("withdrawing", () => user.withdraw(withdrawal, proof));
    paid.push({ ...withdrawal, hash: done.hash, gas: Number(done.spent.gas) });
  }
  if (wanted.length === 0) {
    const others =
      unpaid.length === 0
        ? "none is left unpaid"
        : `those unpaid: ${unpaid.map(({ withdrawal }) => withdrawal.index).join(", ")}`;
    out.line(
      `Nothing to withdraw for ${me} in the confirmed state; ${others}. rollup:confirm makes a later state count.`,
    );
  } else out.line(`Paid ${formatAmount(paid.reduce((sum, { amount }) => sum + amount, 0n))}.`);
  out.result({ paid, unpaid: unpaid.length - wanted.length });
};

export default action;
