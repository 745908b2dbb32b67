import { join } from "node:path";

import { network } from "hardhat";

import { Chain } from "../plugin/chain.js";
import { resolveNode } from "../plugin/config/node.js";
import type { Deployment } from "../plugin/deployments.js";
import { loadProgram } from "../plugin/guests/program.js";
import { listen } from "../plugin/http/httpServer.js";
import type { Program } from "../plugin/machines/machine.js";
import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { openNodeDatabase } from "../plugin/service/database/nodeDatabase.js";
import { NodeService } from "../plugin/service/nodeService.js";
import { nodeServer } from "../plugin/service/server/nodeServer.js";

/** What a node's process is told to do, one after the other. */
export type NodeOrder =
  /** Serve users as the sequencer, until it is told to stop. */
  | { readonly do: "serve"; readonly file: string }
  | { readonly do: "stop" }
  /** Open a file and come to the head of what is on L1. */
  | { readonly do: "follow"; readonly file: string };

/** What it answers to each: times in seconds. */
export interface NodeReport {
  readonly url?: string;
  /** Until the file is open. */
  readonly opened?: number;
  /** From then on until all inputs are executed. */
  readonly followed?: number;
  /** Of the process, in bytes. */
  readonly memory: number;
}

/** Where its chain is. */
export interface BenchedChain {
  readonly url: string;
  readonly deployment: Deployment;
}

/** The ledger that is measured. */
export function ledgerProgram(): Promise<Program> {
  return loadProgram({ machine: "wasm", guest: { name: "ledger", path: join(PACKAGE_ROOT, "guests", "ledger") } });
}

if (process.send !== undefined) await beNode();

/** In a process of its own, so that its memory is its own. */
async function beNode(): Promise<void> {
  const { url, deployment } = JSON.parse(process.env.BENCHED_CHAIN!) as BenchedChain;
  const connection = await network.create({ network: "localhost", override: { url } });
  const chain = await Chain.connect(deployment, connection.ethers.provider);
  const program = await ledgerProgram();
  const [sequencer] = await connection.ethers.getSigners();
  let stop = (): Promise<void> => Promise.resolve();

  const open = async (path: string, isServing: boolean): Promise<NodeService> => {
    const { chainId, genesisBlock, addresses } = deployment;
    const owner = { chainId: BigInt(chainId), genesisBlock, rollup: addresses.rollup, program: program.hash };
    const file = openNodeDatabase(path, owner, () => undefined);
    const config = { ...resolveNode({}, "/"), poll: 0.05, batchInterval: 1, requestsPerMinute: 1e9 };
    const roles = isServing ? (["sequencer"] as const) : [];
    return NodeService.create({ chain, program, file, roles, signers: { sequencer }, config });
  };
  const serve = async (path: string): Promise<string> => {
    const service = await open(path, true);
    const server = await nodeServer(service);
    const run = service.run();
    await service.node.sync();
    stop = async () => {
      await server.close();
      await service.stop();
      await run;
    };
    return listen(server, "127.0.0.1", 0);
  };
  const follow = async (path: string): Promise<Pick<NodeReport, "opened" | "followed">> => {
    const begun = performance.now();
    const service = await open(path, false);
    const opened = performance.now();
    const { node } = service;
    do await node.sync();
    while (node.executor.inputCount < BigInt(node.derivation.count) || node.executor.headSnapshot === undefined);
    const ended = performance.now();
    await service.stop();
    return { opened: (opened - begun) / 1_000, followed: (ended - opened) / 1_000 };
  };
  const obey = async (order: NodeOrder): Promise<Omit<NodeReport, "memory">> => {
    if (order.do === "serve") return { url: await serve(order.file) };
    if (order.do === "follow") return follow(order.file);
    await stop();
    return {};
  };
  process.on("message", (order: NodeOrder) => {
    void obey(order).then((report) => process.send!({ ...report, memory: process.memoryUsage.rss() }));
  });
  process.once("disconnect", () => process.exit());
}
