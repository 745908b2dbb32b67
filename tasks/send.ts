import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseBytes, requireAmount } from "../plugin/arguments.js";
import { formatAmount } from "../plugin/config/amount.js";
import { RollupError } from "../plugin/errors.js";
import { bytesToHex } from "../plugin/hex.js";
import { LedgerUser } from "../plugin/ledgerUser.js";
import { User } from "../plugin/node/user.js";
import type { RollupNode } from "../plugin/node/node.js";
import { TransactionPool } from "../plugin/pool.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";

interface SendArguments extends SessionArguments {
  readonly to: string | undefined;
  readonly amount: string;
  readonly withdraw: boolean;
  readonly data: string | undefined;
  readonly l1: boolean;
}

/** `rollup:send` */
const action: NewTaskActionFunction<SendArguments> = async (args, hre) => {
  const given = parseBytes("data", args.data);
  const session = await Session.open(hre, args);
  const { out, config, connection } = session;
  const node = await session.node("user");
  const pool = new TransactionPool(session.deployments, connection.networkName, config.name);
  const transaction = given ?? (await ledgerTransaction(args, session, node, pool));
  const data = bytesToHex(transaction);
  if (!args.l1) {
    await pool.add(transaction);
    out.line("Handed to the sequencer: rollup:batch posts it.");
    return out.result({ data, waiting: (await pool.waiting()).length });
  }
  const user = new User(node, await session.signer("user"));
  const done = await out.during("queueing the message", () => user.sendMessage(transaction));
  out.line("It waits in the inbox: rollup:batch appends it to the chain.");
  return out.result({ data, hash: done.hash, gas: Number(done.spent.gas) });
};

/** A transfer or a withdrawal of the ledger's, signed. */
async function ledgerTransaction(
  { to, amount, withdraw }: SendArguments,
  session: Session,
  node: RollupNode,
  pool: TransactionPool,
): Promise<Uint8Array> {
  const wei = requireAmount("amount", amount);
  const signer = await session.signer("user");
  const user = new LedgerUser(node, signer);
  const recipient = parseAddress("to", to) ?? (withdraw ? await user.address() : undefined);
  if (recipient === undefined) {
    throw new RollupError("ARGUMENT_MISSING", "Nobody is named to send to.", {
      do: "give --to, or --withdraw, or --data",
    });
  }
  const { balance, nonce } = await user.account();
  session.out.line(`${await user.address()} has ${formatAmount(balance)} on the chain, ${nonce} transactions applied`);
  if (balance < wei)
    session.out.line("That is less than is sent: unless more comes before, the ledger will refuse it.");
  return user.sign(withdraw ? "withdrawal" : "transfer", recipient, wei, await pool.waiting());
}

export default action;
