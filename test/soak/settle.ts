import { setTimeout as sleep } from "node:timers/promises";

import type { ServiceStatus } from "../../plugin/service/serviceStatus.js";
import type { Actor } from "./actor.js";
import type { Load } from "./load.js";
import type { SoakOptions } from "./soak.js";
import { ROLES, type Role, type World } from "./world.js";

/** By how much the clock moves at once when nobody has anything to do, in seconds: well below what anybody has to answer. */
const LEAP = 30;
const PAUSE = 1_000;
/** So many looks without a transaction, and everybody waits for the clock. */
const QUIET = 3;

/** Lets everybody finish: all that was accepted in batches, all assertions decided, all bonds home. Gives false if that takes too long. */
export async function settle(world: World, load: Load, { patience, onProgress }: SoakOptions): Promise<boolean> {
  const until = Date.now() + patience * 1_000;
  let [quiet, seen, told] = [0, -1, ""];
  while (Date.now() < until) {
    const statuses = await Promise.all(ROLES.map((role) => statusOf(world.actors[role])));
    const [sequencer] = statuses;
    const { server } = world.actors.sequencer;
    const open = server === undefined ? load.accounts.length : await load.settle(server);
    const line = describe(sequencer, statuses);
    if (line !== told) onProgress(line);
    told = line;
    if (open === 0 && (await isDone(world, statuses))) return true;
    const count = await transactionsSoFar(world);
    quiet = count === seen && statuses.every((status) => status !== undefined) ? quiet + 1 : 0;
    seen = count;
    await world.layer.mine(quiet >= QUIET ? LEAP : 1);
    await sleep(PAUSE);
  }
  return false;
}

async function isDone({ chain, layer }: World, statuses: readonly (ServiceStatus | undefined)[]): Promise<boolean> {
  const { inbox, rollup } = chain.contracts;
  const head = Number(await layer.ask<string>("eth_blockNumber"));
  const inputs = Number(await inbox.count());
  const waiting = (await inbox.messageCount()) - (await inbox.nextMessage());
  const confirmed = await rollup.assertion(await rollup.latestConfirmed());
  if (waiting !== 0n || Number(confirmed.end) < inputs) return false;
  return statuses.every(
    (status) =>
      status !== undefined &&
      status.pending === 0 &&
      status.executed === inputs &&
      status.block >= head - 2 &&
      status.bonds === 0n &&
      status.disputes.length === 0,
  );
}

async function transactionsSoFar({ connection }: World): Promise<number> {
  const signers = await connection.ethers.getSigners();
  const counts = await Promise.all(
    signers.slice(0, 5).map(({ address }) => connection.ethers.provider.getTransactionCount(address)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function statusOf({ server }: Actor): Promise<ServiceStatus | undefined> {
  if (server === undefined) return Promise.resolve(undefined);
  return server.get<ServiceStatus>("/v1/status").then(
    (status) => ({
      ...status,
      bonds: BigInt(status.bonds),
      confirmed: { ...status.confirmed, end: BigInt(status.confirmed.end) },
    }),
    () => undefined,
  );
}

/** How far the chain is, and who says that it does not keep up. */
function describe(sequencer: ServiceStatus | undefined, statuses: readonly (ServiceStatus | undefined)[]): string {
  const troubles = ROLES.flatMap((role, index) => troublesOf(role, statuses[index]));
  const known = sequencer ?? statuses.find((status) => status !== undefined);
  if (known === undefined) return troubles.join("; ");
  const { inputs, pending, confirmed, assertions } = known;
  const disputes = statuses.at(-1)?.disputes.length ?? "?";
  const heads = `${inputs} inputs, ${pending} pending, ${assertions} assertions, confirmed up to ${confirmed.end}, ${disputes} disputes`;
  return [heads, ...troubles].join("; ");
}

function troublesOf(role: Role, status: ServiceStatus | undefined): string[] {
  return status === undefined ? [`${role}: does not answer`] : status.problems.map((problem) => `${role}: ${problem}`);
}
