import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HDNodeWallet } from "ethers";
import { network } from "hardhat";

import { resolveNode } from "../plugin/config/node.js";
import { encodeLedgerTransaction, signLedgerTransaction } from "../plugin/guests/ledger.js";
import { loadProgram } from "../plugin/guests/program.js";
import type { Hex } from "../plugin/hex.js";
import { listen } from "../plugin/http/httpServer.js";
import { forgetSigners } from "../plugin/machines/recovery.js";
import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import { NodeClient } from "../plugin/service/nodeClient.js";
import { openNodeDatabase } from "../plugin/service/database/nodeDatabase.js";
import { NodeService } from "../plugin/service/nodeService.js";
import { nodeServer } from "../plugin/service/server/nodeServer.js";
import type { TestChain } from "../plugin/testing/testChain.js";
import { print, progress, readOptions } from "./options.js";

/** A node that runs in this process, with its server. */
interface Started {
  readonly service: NodeService;
  readonly client: NodeClient;
  readonly stop: () => Promise<void>;
}

const ACCOUNTS = 100;
const AT_ONCE = 64;

const options = readOptions(["transactions"]);
const transactions = Number(options.transactions ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "rollup-bench-"));
const connection = await network.create();
const [sequencer] = await connection.ethers.getSigners();
const guest = { name: "ledger", path: join(PACKAGE_ROOT, "guests", "ledger") };
const program = await loadProgram({ machine: "wasm", guest });
const chain = await connection.rollup.deploy({ guest: "ledger", history: "calldata", sources: ["calldata"] }, program);

const wallets = Array.from({ length: ACCOUNTS }, () => HDNodeWallet.createRandom());
progress(`signing ${transactions} transfers of ${ACCOUNTS} accounts`);
const signed = await signAll(chain);
await fund(chain);

const first = await start("node.db", ["sequencer"]);
const latencies: number[] = [];
progress("handing them in");
const accepted = await timed(async () => {
  const queue = signed.values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => handIn(queue)));
});
progress("waiting until all are included and executed");
const included = await timed(async () => {
  while (first.service.mempool.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});
const memory = process.memoryUsage().rss / 2 ** 20;
await first.stop();

progress("restarting, with what is in the file and without");
const restart = await timed(() => comeBack("node.db"));
forgetSigners();
const derive = await timed(() => comeBack("other.db"));
rmSync(folder, { recursive: true, force: true });
latencies.sort((a, b) => a - b);
const figures = {
  "node.derive.perSecond": transactions / derive,
  "node.accept.perSecond": transactions / accepted,
  "node.include.perSecond": transactions / (accepted + included),
  "node.accept.p50ms": latencies[Math.floor(latencies.length * 0.5)],
  "node.accept.p99ms": latencies[Math.floor(latencies.length * 0.99)],
  "node.memoryMiB": memory,
  "node.restart.seconds": restart,
  "node.rebuild.seconds": derive,
};
const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(24)} ${value.toFixed(1)}`);
print(options, figures, lines);
await connection.close();

async function signAll({ chain: { provider, addresses } }: TestChain): Promise<Uint8Array[]> {
  const domain = { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
  return Promise.all(
    Array.from({ length: transactions }, async (_, number) => {
      const to = wallets[(number + 1) % ACCOUNTS].address.toLowerCase() as Hex;
      const nonce = BigInt(Math.floor(number / ACCOUNTS));
      const order = { action: "transfer", to, amount: 1n, nonce } as const;
      return encodeLedgerTransaction(await signLedgerTransaction(wallets[number % ACCOUNTS], domain, order));
    }),
  );
}

async function fund(to: TestChain): Promise<void> {
  const user = await to.user();
  for (const { address } of wallets) await user.deposit(10n ** 18n, address.toLowerCase() as Hex);
  await (await to.sequencer()).drain();
}

async function start(name: string, roles: readonly "sequencer"[]): Promise<Started> {
  const { chainId, genesisBlock, addresses } = chain.chain.deployment;
  const owner = { chainId: BigInt(chainId), genesisBlock, rollup: addresses.rollup, program: program.hash };
  const file = openNodeDatabase(join(folder, name), owner, () => undefined);
  const config = { ...resolveNode({}, folder), poll: 0.05, batchInterval: 1, requestsPerMinute: 1e9 };
  const service = await NodeService.create({
    chain: chain.chain,
    program,
    file,
    roles,
    signers: { sequencer },
    config,
  });
  const server = await nodeServer(service);
  const client = new NodeClient(await listen(server, "127.0.0.1", 0));
  const run = service.run();
  while (service.node.executor.inputCount < BigInt(ACCOUNTS)) await service.node.sync();
  const stop = async (): Promise<void> => {
    await server.close();
    await service.stop();
    await run;
  };
  return { service, client, stop };
}

/** Until the machine is at the head of what is on L1. */
async function comeBack(name: string): Promise<void> {
  const { service, stop } = await start(name, []);
  const { node } = service;
  await node.sync();
  while (node.executor.inputCount < BigInt(node.derivation.count)) await node.sync();
  await stop();
}

async function handIn(queue: Iterator<Uint8Array>): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const begun = performance.now();
    // Another one's may have been written before it: those of one account are handed in by their nonces, but answered in any order.
    while (!(await first.client.send(next.value).then(() => true, isGap)));
    latencies.push(performance.now() - begun);
  }
}

function isGap(error: unknown): boolean {
  if ((error as { readonly code?: string }).code === "NONCE_GAP") return false;
  throw error;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}
