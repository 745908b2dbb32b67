import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { HDNodeWallet } from "ethers";
import { network } from "hardhat";

import { encodeLedgerTransaction, signLedgerTransaction } from "../plugin/guests/ledger.js";
import type { Hex } from "../plugin/hex.js";
import { NodeClient } from "../plugin/service/nodeClient.js";
import type { TestChain } from "../plugin/testing/testChain.js";
import { ledgerProgram, type BenchedChain, type NodeOrder, type NodeReport } from "./benchedNode.js";
import { print, progress, readOptions } from "./options.js";

const ACCOUNTS = 100;
const AT_ONCE = 64;
const MIB = 2 ** 20;

const options = readOptions(["transactions"]);
const transactions = Number(options.transactions ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "rollup-bench-"));
const layer = await network.createServer({ network: "default" }, "127.0.0.1", 0);
const { address, port } = await layer.listen();
const url = `http://${address}:${port}`;
const connection = await network.create({ network: "localhost", override: { url } });
const configuration = { guest: "ledger", history: "calldata", sources: ["calldata"] } as const;
const chain = await connection.rollup.deploy(configuration, await ledgerProgram());

const wallets = Array.from({ length: ACCOUNTS }, () => HDNodeWallet.createRandom());
progress(`signing ${transactions} transfers of ${ACCOUNTS} accounts`);
const signed = await signAll(chain);
await fund(chain);

const sequencer = startNode();
const client = new NodeClient((await order(sequencer, { do: "serve", file: join(folder, "node.db") })).url!);
const latencies: number[] = [];
progress("handing them in");
const accepted = await timed(async () => {
  const queue = signed.values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => handIn(queue)));
});
progress("waiting until all are included and executed");
const included = await timed(async () => {
  while (!(await isEmpty())) await new Promise((resolve) => setTimeout(resolve, 50));
});
const { memory } = await order(sequencer, { do: "stop" });
sequencer.disconnect();

progress("restarting, with what is in the file and without, and once more with signers that are known");
const other = startNode();
const restarted = await order(other, { do: "follow", file: join(folder, "node.db") });
const derived = await order(other, { do: "follow", file: join(folder, "other.db") });
const again = await order(other, { do: "follow", file: join(folder, "third.db") });
other.disconnect();
rmSync(folder, { recursive: true, force: true });
latencies.sort((a, b) => a - b);
const figures = {
  "node.derive.perSecond": transactions / derived.followed!,
  "node.deriveKnown.perSecond": transactions / again.followed!,
  "node.accept.perSecond": transactions / accepted,
  "node.include.perSecond": transactions / (accepted + included),
  "node.accept.p50ms": latencies[Math.floor(latencies.length * 0.5)],
  "node.accept.p99ms": latencies[Math.floor(latencies.length * 0.99)],
  "node.memoryMiB": memory / MIB,
  "node.restart.seconds": restarted.opened! + restarted.followed!,
  "node.rebuild.seconds": derived.opened! + derived.followed!,
};
const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(26)} ${value.toFixed(1)}`);
print(options, figures, lines);
await connection.close();
await layer.close();

/** A node in a process of its own. */
function startNode(): ChildProcess {
  const place: BenchedChain = { url, deployment: chain.chain.deployment };
  const env = { ...process.env, BENCHED_CHAIN: JSON.stringify(place) };
  return fork(fileURLToPath(new URL("benchedNode.ts", import.meta.url)), { env });
}

async function order(node: ChildProcess, what: NodeOrder): Promise<NodeReport> {
  node.send(what);
  const ended = once(node, "exit").then(([status]: unknown[]) => {
    throw new Error(`the node's process ended with ${String(status)}`);
  });
  const [report] = (await Promise.race([once(node, "message"), ended])) as [NodeReport];
  ended.catch(() => undefined);
  return report;
}

async function isEmpty(): Promise<boolean> {
  return (await client.get<{ readonly pending: number }>("/v1/status")).pending === 0;
}

/** Connections to the settlement layer live on meanwhile. */
async function signAll({ chain: { provider, addresses } }: TestChain): Promise<Uint8Array[]> {
  const domain = { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
  const all: Uint8Array[] = [];
  for (let number = 0; number < transactions; number++) {
    if (number % ACCOUNTS === 0) await setImmediate();
    const to = wallets[(number + 1) % ACCOUNTS].address.toLowerCase() as Hex;
    const nonce = BigInt(Math.floor(number / ACCOUNTS));
    const transfer = { action: "transfer", to, amount: 1n, nonce } as const;
    all.push(encodeLedgerTransaction(await signLedgerTransaction(wallets[number % ACCOUNTS], domain, transfer)));
  }
  return all;
}

async function fund(to: TestChain): Promise<void> {
  const user = await to.user();
  for (const { address } of wallets) await user.deposit(10n ** 18n, address.toLowerCase() as Hex);
  await (await to.sequencer()).drain();
}

async function handIn(queue: Iterator<Uint8Array>): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const begun = performance.now();
    // Another one's may have been written before it: those of one account are handed in by their nonces, but answered in any order.
    while (!(await client.send(next.value).then(() => true, isGap)));
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
