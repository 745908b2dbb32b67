import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { network } from "hardhat";

import { writeDeployment } from "../plugin/deployments.js";
import { LEDGER_TRANSACTION_SIZE } from "../plugin/guests/ledger.js";
import { loadProgram } from "../plugin/guests/program.js";
import { bytesToHex } from "../plugin/hex.js";
import { PACKAGE_ROOT } from "../plugin/packageRoot.js";
import type { TestChain } from "../plugin/testing/testChain.js";
import { MemorySamples, type Sample } from "./memorySamples.js";
import { BENCHED, BenchedNode, secondsSince } from "./nodeProject.js";
import { userAddress, USERS, type UsersOrder, type UsersReport } from "./nodeUsers.js";
import { count, print, progress, readOptions } from "./options.js";

const MIB = 2 ** 20;
/** Transfers of a batch that is posted without a node: as many as a node's has. */
const BATCH = 625;
/** Transfers from which on it is told how memory grows. */
const LONG_RUN = 100_000;
/** A minute's. */
const LOOKS_TOLD = 60;

const options = readOptions(["transactions", "posted"]);
const transactions = Number(options.transactions ?? 10_000);
/** Transfers that are on the settlement layer before the node is started for the first time. */
const posted = Number(options.posted ?? 0);
const folder = mkdtempSync(join(tmpdir(), "rollup-bench-"));
const layer = await network.createServer({ network: "default" }, "127.0.0.1", 0);
const { address, port } = await layer.listen();
const url = `http://${address}:${port}`;
const connection = await network.create({ network: "localhost", override: { url } });
const chain = await connection.rollup.deploy(
  { guest: "ledger", history: "calldata", sources: ["calldata"] },
  await ledger(),
);
await writeDeployment(folder, { ...chain.chain.deployment, network: BENCHED, chain: BENCHED, guest: "ledger" });
const users = fork(fileURLToPath(new URL("nodeUsers.ts", import.meta.url)));
const signed = join(folder, "signed");

progress(`signing ${count(posted + transactions)} transfers of ${USERS} accounts`);
await order({ do: "sign", file: signed, count: posted + transactions, domain: await domainOf(chain) });
await fund(chain);
progress(`posting ${count(posted)} of them`);
await post(chain);

progress("starting the node");
const node = await BenchedNode.start(url, folder, "sequencer", "node.db");
const atFirst = await node.memory();
let looks = 0;
const samples = new MemorySamples(look);
const before = USERS + Math.ceil(posted / BATCH);
await node.until((status) => status.executed >= before);
const grown = samples.growth;
progress(`handing ${count(transactions)} in`);
const begun = performance.now();
const latencies = await order({ do: "hand in", file: signed, from: posted, count: transactions, url: node.client.url });
const accepted = secondsSince(begun);
progress("waiting until all are included and executed");
const { executed } = await node.until(({ pending }) => pending === 0);
const included = secondsSince(begun);
samples.end();
const memory = await node.memory();
await node.stop();
users.disconnect();

progress("restarting, with what is in the file");
const restarted = await BenchedNode.follow(url, folder, "node.db", executed);
progress("rebuilding the file");
const rebuilt = await BenchedNode.follow(url, folder, "other.db", executed);
rmSync(folder, { recursive: true, force: true });
// What it does most of the time: deriving, where there is a long history, has threads of its own, which end when it serves.
const steady = posted > transactions ? grown : samples.growth;
// A short run sees a heap that grows to what it needs.
const growth = posted + transactions < LONG_RUN ? NaN : steady;
const figures = {
  "node.derive.perSecond": (posted + transactions) / rebuilt.followed,
  "node.accept.perSecond": transactions / accepted,
  "node.include.perSecond": transactions / included,
  "node.accept.p50ms": latencies.p50,
  "node.accept.p99ms": latencies.p99,
  "node.memoryMiB": memory / MIB,
  "node.memoryAtFirstMiB": atFirst / MIB,
  "node.memoryPeakMiB": Math.max(samples.peak, memory) / MIB,
  "node.memoryPer100kMiB": (growth * (executed / (posted + transactions)) * 100_000) / MIB,
  "node.derive.memoryMiB": rebuilt.memory / MIB,
  "node.start.seconds": restarted.started,
  "node.restart.seconds": restarted.started + restarted.followed,
  "node.rebuild.seconds": rebuilt.started + rebuilt.followed,
};
const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(26)} ${value.toFixed(1)}`);
print(options, figures, lines);
await connection.close();
await layer.close();

function ledger(): ReturnType<typeof loadProgram> {
  return loadProgram({ machine: "wasm", guest: { name: "ledger", path: join(PACKAGE_ROOT, "guests", "ledger") } });
}

async function domainOf({
  chain: { provider, addresses },
}: TestChain): Promise<{ chainId: string; bridge: typeof addresses.bridge }> {
  return { chainId: String((await provider.getNetwork()).chainId), bridge: addresses.bridge };
}

/** Has the users do something, who are a process of their own: what they take is not the node's, nor the settlement layer's. */
async function order(what: UsersOrder): Promise<UsersReport> {
  users.send(what);
  return (await answerOf(users)) as UsersReport;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const ended = once(child, "exit", { signal }).then(([status]: unknown[]) => {
    throw new Error(`the users' process ended with ${String(status)}`);
  });
  ended.catch(() => undefined);
  const [answer] = (await Promise.race([once(child, "message", { signal }), ended])) as [unknown];
  stopped.abort();
  return answer;
}

async function fund(to: TestChain): Promise<void> {
  const user = await to.user();
  for (let each = 0; each < USERS; each++) await user.deposit(10n ** 18n, userAddress(each));
  await (await to.sequencer()).drain();
}

/** Puts transfers on the settlement layer that no node has seen. */
async function post({ chain: { contracts } }: TestChain): Promise<void> {
  const [sequencer] = await connection.ethers.getSigners();
  const file = openSync(signed, "r");
  for (let at = 0; at < posted; at += BATCH) {
    const bytes = new Uint8Array(Math.min(BATCH, posted - at) * LEDGER_TRANSACTION_SIZE);
    readSync(file, bytes);
    const number = await contracts.inbox.count();
    const options = { gasLimit: 15_000_000 };
    const appended = await contracts.inbox.connect(sequencer).appendBatch(number, 0, bytesToHex(bytes), [], options);
    await appended.wait();
  }
  closeSync(file);
}

/** What the node takes now, by how many inputs it has executed; told now and then. */
async function look(): Promise<Sample> {
  const [{ pending, executed }, bytes] = await Promise.all([node.status(), node.memory()]);
  if (++looks % LOOKS_TOLD === 0)
    progress(`${count(executed)} inputs, ${count(pending)} pending, ${count(bytes / MIB)} MiB`);
  return { count: executed, bytes };
}
