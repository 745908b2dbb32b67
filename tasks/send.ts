import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseBytes } from "../plugin/arguments.js";
import { RollupError } from "../plugin/errors.js";
import { bytesToHex, type Hex } from "../plugin/hex.js";
import { LedgerUser, type LedgerOrder } from "../plugin/ledgerUser.js";
import { ETHER } from "../plugin/node/outputs.js";
import { User } from "../plugin/node/user.js";
import type { RollupNode } from "../plugin/node/node.js";
import { TransactionPool } from "../plugin/pool.js";
import { SentData } from "../plugin/sentData.js";
import type { NodeClient } from "../plugin/service/nodeClient.js";
import { findClient } from "../plugin/service/runningNode.js";
import { Session } from "../plugin/session.js";
import type { SessionArguments } from "../plugin/session.js";
import { formatTokens, readToken, requireTokens } from "../plugin/token.js";

interface SendArguments extends SessionArguments {
  readonly to: string | undefined;
  readonly amount: string;
  readonly token: string | undefined;
  readonly withdraw: boolean;
  readonly call: string | undefined;
  readonly data: string | undefined;
  readonly l1: boolean;
  readonly node: string | undefined;
}

/** `rollup:send` */
const action: NewTaskActionFunction<SendArguments> = async (args, hre) => {
  const given = parseBytes("data", args.data);
  const session = await Session.open(hre, args);
  const { out, config, connection } = session;
  const node = await session.node("user");
  const pool = new TransactionPool(session.deployments, connection.networkName, config.name);
  const client = args.l1 ? undefined : await findClient(session, args.node);
  const transaction = given ?? (await ledgerTransaction(args, session, node, { pool, client }));
  const data = bytesToHex(transaction);
  if (client !== undefined) {
    const hash = await out.during("handing it to the node", () => client.send(transaction));
    out.line(`The node at ${client.url} has accepted it: rollup:query --transaction ${hash} says what becomes of it.`);
    return out.result({ data, transaction: hash, node: client.url });
  }
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

/** A transfer, a withdrawal or a message of the ledger's, signed. */
async function ledgerTransaction(
  args: SendArguments,
  session: Session,
  node: RollupNode,
  { pool, client }: { readonly pool: TransactionPool; readonly client: NodeClient | undefined },
): Promise<Uint8Array> {
  const user = new LedgerUser(node, await session.signer("user"));
  const order = args.call === undefined ? await paymentOf(args, session, user) : await callOf(args, args.call, session);
  return user.sign(order, await pool.waiting(), client && ((address, token) => nextNonce(client, address, token)));
}

/** Behind what a node has accepted. */
async function nextNonce(client: NodeClient, address: Hex, token: Hex): Promise<bigint> {
  const path = `/v1/accounts/${address}?token=${token}`;
  const { accounts } = await client.get<{ readonly accounts: readonly { readonly nextNonce: string }[] }>(path);
  return BigInt(accounts[0]?.nextNonce ?? 0);
}

async function paymentOf({ to, amount, withdraw, ...args }: SendArguments, session: Session, user: LedgerUser) {
  const token = await readToken(session.connection.ethers.provider, parseAddress("token", args.token) ?? ETHER);
  const units = requireTokens("amount", token, amount);
  const recipient = parseAddress("to", to) ?? (withdraw ? await user.address() : undefined);
  if (recipient === undefined) {
    throw new RollupError("ARGUMENT_MISSING", "Nobody is named to send to.", {
      do: "give --to, or --withdraw, or --data",
    });
  }
  const { balance, nonce } = await user.account(token.address);
  const owned = formatTokens(token, balance);
  session.out.line(`${await user.address()} has ${owned} on the chain, ${nonce} transactions applied`);
  if (balance < units)
    session.out.line("That is less than is sent: unless more comes before, the ledger will refuse it.");
  const payment = { to: recipient, amount: units, token: token.address.toLowerCase() as Hex };
  return { action: withdraw ? "withdrawal" : "transfer", ...payment } satisfies LedgerOrder;
}

async function callOf({ to, withdraw }: SendArguments, call: string, session: Session): Promise<LedgerOrder> {
  const data = bytesToHex(parseBytes("call", call)!);
  const target = parseAddress("to", to);
  if (target === undefined || withdraw) {
    throw new RollupError("ARGUMENT_MISSING", "A call is of one contract on L1, and moves nothing.", {
      do: "give --to, and neither --withdraw nor --token",
    });
  }
  await new SentData(session.deployments, session.connection.networkName, session.config.name).add(data);
  session.out.line("Once a state with it is confirmed, rollup:relay makes the call.");
  return { action: "message", to: target, data };
}

export default action;
