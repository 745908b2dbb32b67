import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { signerOf } from "../../accounts.js";
import type { ChainConfig } from "../../config/types.js";
import { RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";
import type { OnEvent } from "../../node/events.js";
import { RollupNode } from "../../node/node.js";
import type { Session } from "../../session.js";
import type { BatchArchive } from "../batchPlace.js";
import { committeeClient } from "../openAccess.js";
import { memberFiles, readKey } from "./memberFiles.js";
import { RunningMember } from "./memberProcess.js";

/** What a command says of the member whose server it runs; what is absent is the project's. */
export interface MemberRequest {
  readonly address: Hex;
  readonly committee?: string;
  /** The file of its secret key. */
  readonly key?: string;
  readonly database?: string;
  readonly host?: string;
  readonly port?: number;
  /** The node that it judges by, given where its own batches are; one of its own if absent, which executes the chain first. */
  readonly nodeOf?: (own: BatchArchive) => RollupNode;
  readonly onEvent: OnEvent;
}

/** A member that listens, and where what it signed is written down. */
export interface OpenMember {
  readonly running: RunningMember;
  readonly committee: Hex;
  readonly database: string;
}

/**
 * Opens the server of a member of a session's chain.
 * @throws {RollupError} As `RunningMember.start`, `Session.chain`, `readKey`, and `COMMITTEE_UNKNOWN`, `COMMITTEE_MISSING`.
 */
export async function openMember(session: Session, request: MemberRequest): Promise<OpenMember> {
  const { out, config, connection, deployments } = session;
  const { address, host, onEvent } = request;
  const files = memberFiles(deployments, connection.networkName, address);
  const database = resolve(request.database ?? files.database);
  const { deployment, provider } = await session.chain();
  const { committee } = await committeeClient(deployment, config, provider, request.committee);
  await mkdir(dirname(database), { recursive: true, mode: 0o700 });
  const running = await RunningMember.start({
    address,
    key: await readKey(request.key ?? files.key),
    committee,
    database,
    nodes: async (own) => {
      if (request.nodeOf !== undefined) return [request.nodeOf(own)];
      const node = new RollupNode(await session.chain(own), await session.program(), onEvent);
      await out.during("executing the chain", () => node.sync());
      return [node];
    },
    host,
    port: request.port ?? expectedPort(config, address),
  });
  return { running, committee: committee.address, database };
}

/**
 * The account whose server it is. Its key is not needed here: signatures are by the member's own.
 * @param text An index into the network's accounts, or an address. @param option Where it was given.
 */
export async function memberAddress({ connection }: Session, text: string | undefined, option: string): Promise<Hex> {
  if (text === undefined || !/^(\d+|0x[0-9a-fA-F]{40})$/.test(text)) {
    throw new RollupError("ARGUMENT_INVALID", "Whose server it is must be said.", {
      given: text,
      expected: `${option} with the member's account: an index into the network's accounts, or an address`,
    });
  }
  const address = text.startsWith("0x") ? text : (await signerOf(connection, Number(text))).address;
  return address.toLowerCase() as Hex;
}

/** Where others will look for it. */
function expectedPort({ committees }: ChainConfig, member: Hex): number {
  const url = committees.map(({ members }) => members[member]).find((known) => known !== undefined);
  return url === undefined ? 0 : Number(new URL(url).port);
}
