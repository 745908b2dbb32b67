import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseNatural } from "../plugin/arguments.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import { User, type Withdrawal } from "../plugin/node/user.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { formatTokens, readToken } from "../plugin/token.js";

interface WithdrawArguments extends SessionArguments {
  readonly index: string | undefined;
  readonly to: string | undefined;
}

/** `rollup:withdraw` */
const action: NewTaskActionFunction<WithdrawArguments> = async (args, hre) => {
  const index = parseNatural("index", args.index);
  const to = parseAddress("to", args.to);
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
    const done = await out.during("withdrawing", () => user.withdraw(withdrawal, proof, to));
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
  } else out.line(`Paid ${await sumsOf(session, paid)}.`);
  out.result({ paid, unpaid: unpaid.length - wanted.length });
};

/** What was paid of each token. */
async function sumsOf({ connection }: Session, paid: readonly Withdrawal[]): Promise<string> {
  const sums = new Map<Withdrawal["token"], bigint>();
  for (const { token, amount } of paid) sums.set(token, (sums.get(token) ?? 0n) + amount);
  const { provider } = connection.ethers;
  const texts = [...sums].map(async ([token, sum]) => formatTokens(await readToken(provider, token), sum));
  return (await Promise.all(texts)).join(", ");
}

export default action;
