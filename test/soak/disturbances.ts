import { setTimeout as sleep } from "node:timers/promises";

import type { Faults } from "../../plugin/testing/faultyEndpoint.js";
import type { Load } from "./load.js";
import { Random } from "./random.js";
import type { SoakOptions } from "./soak.js";
import type { World } from "./world.js";

/** Between two blocks that nobody asked for, and between two transactions of users, in milliseconds. */
const BLOCK_TIME = 1_000;
const SEND_TIME = 150;
/** Seconds between two of these, at most. */
const KILLS = 8;
const REORGANIZATIONS = 10;
const FAULTS = 6;
const DEPOSITS = 5;
/** The longest reorganization, in seconds, and the longest that somebody is dead. */
const DEEPEST = 4;
const LONGEST_DEATH = 3;

const WEATHERS: readonly Faults[] = [
  {},
  { latency: 150 },
  { errors: 0.05 },
  { rateLimit: 0.05, resets: 0.02 },
  { lostAnswers: 0.03 },
  { unavailable: 0.1 },
  { truncated: 0.03, latency: 50 },
];

/** What one disturbance needs. */
interface Setting {
  readonly world: World;
  readonly load: Load;
  readonly random: Random;
  readonly onProgress: (line: string) => void;
}

/** Disturbs a world for a while, and gives it back undisturbed. */
export async function disturb(world: World, load: Load, { seconds, seed, onProgress }: SoakOptions): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  const every = async (step: (setting: Setting) => Promise<unknown>, pause: number, salt: number): Promise<void> => {
    const setting = { world, load, random: new Random(seed * 16 + salt), onProgress };
    while (Date.now() < until) {
      await sleep(pause > BLOCK_TIME ? pause / 2 + setting.random.below(pause / 2) : pause);
      if (Date.now() < until) await step(setting);
    }
  };
  await Promise.all([
    every(() => world.layer.mine(1), BLOCK_TIME, 1),
    every(() => load.step(world.actors.sequencer.server), SEND_TIME, 2),
    every(kill, KILLS * 1_000, 3),
    every(reorganize, REORGANIZATIONS * 1_000, 4),
    every(spoil, FAULTS * 1_000, 5),
    every(deposit, DEPOSITS * 1_000, 6),
  ]);
  for (const endpoint of world.endpoints) endpoint.faults = {};
}

async function kill({ world, random, onProgress }: Setting): Promise<void> {
  const actor = random.pick(Object.values(world.actors));
  onProgress(`kill -9: ${actor.name}`);
  await actor.kill(random.below(LONGEST_DEATH * 1_000));
}

async function reorganize({ world, random, onProgress }: Setting): Promise<void> {
  await world.layer.reorganize(1 + random.below(DEEPEST));
  onProgress(`reorganization of ${world.layer.reorganizations.at(-1)} blocks`);
}

/** What an endpoint does to its user from now on. */
function spoil({ world, random }: Setting): Promise<void> {
  random.pick(world.endpoints).faults = random.pick(WEATHERS);
  return Promise.resolve();
}

async function deposit({ world, load, random }: Setting): Promise<void> {
  const to = random.pick(load.accounts);
  const amount = BigInt(1 + random.below(1_000_000));
  const signers = await world.connection.ethers.getSigners();
  const signer = signers.find(({ address }) => address.toLowerCase() === to.address)!;
  const { bridge } = world.chain.contracts;
  // One that fails, or that a reorganization takes, was never made.
  const sent = await bridge
    .connect(signer)
    .deposit(to.address, { value: amount })
    .catch(() => undefined);
  if (sent !== undefined) load.deposits.push({ hash: sent.hash, to, amount });
}
