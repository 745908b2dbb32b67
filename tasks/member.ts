import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseNatural } from "../plugin/arguments.js";
import { memberAddress, openMember } from "../plugin/committee/member/openMember.js";
import { Session, type SessionArguments } from "../plugin/session.js";

interface MemberArguments extends SessionArguments {
  readonly committee: string | undefined;
  readonly key: string | undefined;
  readonly database: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly poll: number;
}

/** `rollup:member` */
const action: NewTaskActionFunction<MemberArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out } = session;
  const address = await memberAddress(session, args.from, "--from");
  const port = parseNatural("port", args.port);
  const { running, committee, database } = await openMember(session, {
    ...{ address, committee: args.committee, key: args.key, database: args.database, host: args.host },
    port: port === undefined ? undefined : Number(port),
    onEvent: session.timeline.party("member"),
  });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const { seat, epoch } = await running.member.identity();
  out.line(
    `Member ${address} ${seat === null ? `without a seat in epoch ${epoch}` : `of seat ${seat}`}: ${running.url}`,
  );
  out.result({ member: address, committee, epoch, seat, url: running.url, database });
  await running.run(args.poll, stop.signal);
  await running.close();
};

export default action;
