import { resolve } from "node:path";

import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { parseChoice, parseNatural } from "../plugin/arguments.js";
import { RollupError } from "../plugin/errors.js";
import { NODE_ROLES, type NodeConfig, type NodeRole } from "../plugin/service/nodeConfig.js";
import { OpenService } from "../plugin/service/openService.js";
import { runUntilStopped } from "../plugin/service/runUntilStopped.js";
import { Voice } from "../plugin/service/voice.js";
import { Session, type SessionArguments } from "../plugin/session.js";

interface NodeArguments extends SessionArguments {
  readonly roles: string;
  readonly database: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly poll: string | undefined;
  readonly log: string | undefined;
}

/** `rollup:node` */
const action: NewTaskActionFunction<NodeArguments> = async (args, hre) => {
  const roles = parseRoles(args.roles);
  const form = parseChoice("log", args.log, ["text", "json"] as const);
  const session = await Session.open(hre, args);
  const { out, config: chain } = session;
  const config = configOf(chain.node, args);
  const voice = new Voice(out, chain.name, config.logLevel, form);
  const open = await OpenService.open(session, {
    ...{ roles, config, database: args.database === undefined ? chain.node.database : resolve(args.database) },
    onEvent: (event) => voice.tell(event),
    onSetAside: (aside) => voice.warn(`The node's file was damaged, and is ${aside.path} now: ${aside.reason}`),
  });
  const { url, database, service } = open;
  voice.say(`Node of ${chain.name} as ${roles.join(", ") || "nobody"}: ${url}`);
  out.result({ chain: chain.name, roles, url, database, process: process.pid });
  voice.show(service);
  await runUntilStopped(open, voice);
};

function parseRoles(text: string): NodeRole[] {
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
  return names.map((name) => {
    const role = NODE_ROLES.find((known) => known === name);
    if (role !== undefined) return role;
    throw new RollupError("ARGUMENT_INVALID", "--roles names what no node does.", {
      given: name,
      expected: `some of ${NODE_ROLES.join(", ")}, with commas between them; or none`,
    });
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
