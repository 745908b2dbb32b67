import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseAddress, parseBytes, parseHash } from "../plugin/arguments.js";
import { bytesToHex } from "../plugin/hex.js";
import { clientOf } from "../plugin/service/runningNode.js";
import { Session, type SessionArguments } from "../plugin/session.js";

interface QueryArguments extends SessionArguments {
  readonly node: string | undefined;
  readonly account: string | undefined;
  readonly data: string | undefined;
  readonly transaction: string | undefined;
}

/** `rollup:query` */
const action: NewTaskActionFunction<QueryArguments> = async (args, hre) => {
  const data = parseBytes("data", args.data);
  const transaction = parseHash("transaction", args.transaction);
  const account = parseAddress("account", args.account);
  const session = await Session.open(hre, args);
  const client = await clientOf(session, args.node);
  const answer =
    data !== undefined
      ? await client.post<object>("/v1/query", { data: bytesToHex(data) })
      : transaction !== undefined
        ? await client.get<object>(`/v1/transactions/${transaction}`)
        : await client.get<object>(`/v1/accounts/${account ?? (await session.signer("user")).address}`);
  for (const [name, value] of Object.entries(answer)) session.out.line(`${name}  ${show(value)}`);
  session.out.result(answer);
};

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export default action;
