import type { Signer } from "ethers";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseNatural } from "../plugin/arguments.js";
import type { Hex } from "../plugin/hex.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import type { Withdrawal } from "../plugin/node/outputs.js";
import { pay, type ConfirmedWithdrawal } from "../plugin/node/pay.js";
import { Sender } from "../plugin/node/sender.js";
import { findClient } from "../plugin/service/runningNode.js";
import { ServedWithdrawals } from "../plugin/service/servedWithdrawals.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { formatTokens, readToken } from "../plugin/token.js";

interface WithdrawArguments extends SessionArguments {
  readonly index: string | undefined;
  readonly to: string | undefined;
  readonly node: string | undefined;
}

/** What can be taken out. */
interface Payable {
  readonly wanted: readonly ConfirmedWithdrawal[];
  /** Indices of others, of which a node is asked for the last thousand. */
  readonly others: readonly bigint[];
}

/** `rollup:withdraw` */
const action: NewTaskActionFunction<WithdrawArguments> = async (args, hre) => {
  const index = parseNatural("index", args.index);
  const to = parseAddress("to", args.to);
  const session = await Session.open(hre, args);
  const { out } = session;
  const signer = await session.signer("user");
  const me = signer.address.toLowerCase() as Hex;
  const client = await findClient(session, args.node);
  const chain = await session.chain();
  const { wanted, others } =
    client === undefined
      ? await derivedPayable(session, signer, index)
      : await servedPayable(new ServedWithdrawals(client, chain), me, index);
  const sender = new Sender(signer, session.timeline.party("user"), chain.blobs, chain.transactions);
  const paid = [];
  for (const confirmed of wanted) {
    const done = await out.during("withdrawing", () => pay(chain, sender, confirmed, to));
    paid.push({ ...confirmed.withdrawal, hash: done.hash, gas: Number(done.spent.gas) });
  }
  if (wanted.length > 0) out.line(`Paid ${await sumsOf(session, paid)}.`);
  else out.line(nothingFor(me, others));
  out.result({ paid, unpaid: others.length, node: client?.url });
};

/** By what a node that runs says, and proves. */
async function servedPayable(served: ServedWithdrawals, me: Hex, index: bigint | undefined): Promise<Payable> {
  const wanted = await served.of(me, index);
  return { wanted, others: await served.ofOthers(wanted) };
}

/** By what this process derives itself. */
async function derivedPayable(session: Session, signer: Signer, index: bigint | undefined): Promise<Payable> {
  const node = await session.node("user");
  const ledger = new LedgerUser(node, signer);
  const me = await ledger.address();
  const { id: assertion, state } = node.assertions.confirmed;
  const unpaid = await ledger.unpaid();
  const isWanted = ({ withdrawal }: { readonly withdrawal: Withdrawal }): boolean =>
    index === undefined ? withdrawal.recipient === me : withdrawal.index === index;
  return {
    wanted: unpaid.filter(isWanted).map((proven) => ({ assertion, state, ...proven })),
    others: unpaid.filter((proven) => !isWanted(proven)).map(({ withdrawal }) => withdrawal.index),
  };
}

function nothingFor(me: Hex, others: readonly bigint[]): string {
  const left = others.length === 0 ? "none is" : `these are: ${others.join(", ")}`;
  return `Nothing to withdraw for ${me} in the confirmed state; of others' ${left} left unpaid. rollup:confirm makes a later state count.`;
}

/** What was paid of each token. */
async function sumsOf({ connection }: Session, paid: readonly Withdrawal[]): Promise<string> {
  const sums = new Map<Withdrawal["token"], bigint>();
  for (const { token, amount } of paid) sums.set(token, (sums.get(token) ?? 0n) + amount);
  const { provider } = connection.ethers;
  const texts = [...sums].map(async ([token, sum]) => formatTokens(await readToken(provider, token), sum));
  return (await Promise.all(texts)).join(", ");
}

export default action;
