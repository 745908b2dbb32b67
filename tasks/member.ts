import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { signerOf } from "../plugin/accounts.js";
import { parseNatural } from "../plugin/arguments.js";
import { committeeClient } from "../plugin/committee/openAccess.js";
import { RunningMember } from "../plugin/committee/member/memberProcess.js";
import { memberFiles, readKey } from "../plugin/committee/member/memberFiles.js";
import type { ChainConfig } from "../plugin/config/types.js";
import { RollupError } from "../plugin/errors.js";
import type { Hex } from "../plugin/hex.js";
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
  const { out, config, connection } = session;
  const address = await memberAddress(session, args.from);
  const files = memberFiles(session.deployments, connection.networkName, address);
  const database = resolve(args.database ?? files.database);
  const { deployment, provider } = await session.chain();
  const { committee } = await committeeClient(deployment, config, provider, args.committee);
  await mkdir(dirname(database), { recursive: true, mode: 0o700 });
  const running = await RunningMember.start({
    address,
    key: await readKey(args.key ?? files.key),
    committee,
    database,
    nodes: async (own) => [await session.node("member", own)],
    host: args.host,
    port: portOf(config, address, args.port),
  });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const { seat, epoch } = await running.member.identity();
  out.line(
    `Member ${address} ${seat === null ? `without a seat in epoch ${epoch}` : `of seat ${seat}`}: ${running.url}`,
  );
  out.result({ member: address, committee: committee.address, epoch, seat, url: running.url, database });
  await running.run(args.poll, stop.signal);
  await running.close();
};

/** Where others will look for it, unless told otherwise. */
function portOf({ committees }: ChainConfig, member: Hex, given: string | undefined): number {
  if (given !== undefined) return Number(parseNatural("port", given));
  const url = committees.map(({ members }) => members[member]).find((known) => known !== undefined);
  return url === undefined ? 0 : Number(new URL(url).port);
}

/** Whose server this is. Its account's key is not needed here: signatures are by the member's own. */
async function memberAddress({ connection }: Session, from: string | undefined): Promise<Hex> {
  if (from === undefined) {
    throw new RollupError("ARGUMENT_INVALID", "Whose server it is must be said.", {
      expected: "--from with the member's account: an index into the network's accounts, or an address",
    });
  }
  const address = from.startsWith("0x") ? from : (await signerOf(connection, Number(from))).address;
  return address.toLowerCase() as Hex;
}

export default action;
