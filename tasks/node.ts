import { resolve } from "node:path";

import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseChoice, parseNatural } from "../plugin/arguments.js";
import { memberAddress, openMember, type OpenMember } from "../plugin/committee/member/openMember.js";
import type { BatchArchive } from "../plugin/committee/batchPlace.js";
import { selectChain } from "../plugin/config/selectChain.js";
import { Console } from "../plugin/console/console.js";
import { RollupError } from "../plugin/errors.js";
import type { Hex } from "../plugin/hex.js";
import type { NodeEvent } from "../plugin/node/events.js";
import type { RollupNode } from "../plugin/node/node.js";
import { BatchFolder, batchFolder } from "../plugin/committee/batchFolder.js";
import { MemberBeside, SharedArchive } from "../plugin/service/memberBeside.js";
import { NODE_ROLES, type NodeConfig, type NodeRole } from "../plugin/service/nodeConfig.js";
import { OpenService, type ServiceRequest } from "../plugin/service/openService.js";
import { runUntilStopped, stopSignal } from "../plugin/service/runUntilStopped.js";
import { STARTING_PATIENCE, untilReached } from "../plugin/service/untilReached.js";
import { Voice } from "../plugin/service/voice.js";
import { Session, type SessionArguments } from "../plugin/session.js";

interface NodeArguments extends SessionArguments {
  readonly roles: string;
  readonly database: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly poll: string | undefined;
  readonly log: string | undefined;
  readonly member: string | undefined;
}

/** In a node's process: it has a key, a file and a port of its own, and judges by what the node has executed. */
const MEMBER = "member";

/** `rollup:node` */
const action: NewTaskActionFunction<NodeArguments> = async (args, hre) => {
  const { roles, isMember } = parseRoles(args.roles);
  const form = parseChoice("log", args.log, ["text", "json"] as const);
  const out = new Console(args.json);
  const chain = selectChain(hre.config.rollup, args.chain);
  const config = configOf(chain.node, args);
  const voice = new Voice(out, chain.name, config.logLevel, form);
  const reach: Reach = (what, work) =>
    untilReached(what, work, { milliseconds: STARTING_PATIENCE, tell: (text) => voice.warn(text) });
  const session = await reach("reaching the network", () => Session.open(hre, args));
  const memberOf = isMember
    ? await reach("finding the member's account", () => memberAddress(session, args.member, "--member"))
    : undefined;
  const archive = new SharedArchive(new BatchFolder(batchFolder(session.deployments)));
  const request: ServiceRequest = {
    archive,
    ...{ roles, config, database: args.database === undefined ? chain.node.database : resolve(args.database) },
    onEvent: (event) => voice.tell(event),
    onSetAside: ({ path, reason, salvaged }) =>
      voice.warn(
        `The node's file was damaged, and is ${path} now: ${reason}. Carried over: ${salvaged} of users' transactions.`,
      ),
  };
  const open = await reach("opening the chain", () => OpenService.open(session, request));
  const { url, database, service } = open;
  const beside = memberOf && (await openBeside(session, memberOf, { voice, open, archive, reach }));
  const all = beside === undefined ? roles : [...roles, MEMBER];
  voice.say(`Node of ${chain.name} as ${all.join(", ") || "nobody"}: ${url}`);
  if (beside !== undefined) voice.say(`Member ${memberOf}: ${beside.running.url}`);
  const member = beside && { address: memberOf, url: beside.running.url, database: beside.database };
  const served = beside && new MemberBeside(beside.running);
  if (served !== undefined) service.accompany(served);
  const asked = stopSignal(voice);
  out.result({ chain: chain.name, roles: all, url, database, process: process.pid, member });
  voice.show(service);
  await runUntilStopped(open, voice, asked, served);
};

/** Does what needs the settlement layer as `untilReached` does. */
type Reach = <T>(what: string, work: () => Promise<T>) => Promise<T>;

interface Beside {
  readonly voice: Voice;
  readonly open: OpenService;
  readonly archive: SharedArchive;
  readonly reach: Reach;
}

function openBeside(session: Session, address: Hex, { voice, open, archive, reach }: Beside): Promise<OpenMember> {
  const onEvent = (event: NodeEvent): void => voice.tell({ party: MEMBER, event });
  const nodeOf = (own: BatchArchive): RollupNode => {
    archive.putFirst(own);
    return open.service.node;
  };
  const opening = reach("opening the member", () => openMember(session, { address, nodeOf, onEvent }));
  return opening.catch(async (error: unknown) => {
    await open.close();
    throw error;
  });
}

function parseRoles(text: string): { readonly roles: NodeRole[]; readonly isMember: boolean } {
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
  const others = names.filter((name) => name !== MEMBER);
  return { roles: others.map(parseRole), isMember: others.length < names.length };
}

function parseRole(name: string): NodeRole {
  const role = NODE_ROLES.find((known) => known === name);
  if (role !== undefined) return role;
  throw new RollupError("ARGUMENT_INVALID", "--roles names what no node does.", {
    given: name,
    expected: `some of ${[...NODE_ROLES, MEMBER].join(", ")}, with commas between them; or none`,
  });
}

function configOf(configured: NodeConfig, { host, port, poll }: NodeArguments): NodeConfig {
  return {
    ...configured,
    host: host ?? configured.host,
    port: Number(parseNatural("port", port) ?? configured.port),
    poll: Number(parseNatural("poll", poll) ?? configured.poll),
  };
}

export default action;
