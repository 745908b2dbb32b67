import { setTimeout as sleep } from "node:timers/promises";

import { checkEnd, type Finding } from "./checks.js";
import type { BondLedger } from "./bondLedger.js";
import { disturb } from "./disturbances.js";
import { Load } from "./load.js";
import { Random } from "./random.js";
import { settle } from "./settle.js";
import type { LayerKind } from "./settlementLayer.js";
import { createWorld, type World } from "./world.js";

/** What a soak is. */
export interface SoakOptions {
  /** How long everything is disturbed, in seconds; the end takes as long as it takes. */
  readonly seconds: number;
  readonly seed: number;
  readonly layer: LayerKind;
  readonly users: number;
  /** How long the end may take, in seconds. */
  readonly patience: number;
  readonly onProgress: (line: string) => void;
}

/** What came of it. */
export interface SoakReport {
  readonly seed: number;
  readonly layer: LayerKind;
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  readonly inputs: number;
  readonly kills: number;
  /** Processes that ended by themselves. */
  readonly deaths: number;
  readonly reorganizations: readonly number[];
  readonly faults: number;
  readonly assertions: number;
  readonly lies: number;
  readonly claims: number;
  readonly bonds: Omit<BondLedger, "gains">;
  /** What is not as it must be; empty if all is well. */
  readonly findings: readonly Finding[];
}

/** What every user has before anything goes wrong, in wei: more than all that they will ever send. */
const FIRST_DEPOSIT = 10n ** 18n;
/** How long everybody may take to start, in seconds. */
const START_PATIENCE = 120;

/**
 * Runs a chain with everybody in a process of its own, kills them, replaces blocks and spoils answers, while users send and a liar lies; then lets
 * everybody finish, and compares what there is with what there must be.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, users, onProgress } = options;
  onProgress(`starting ${options.layer}, deploying, and waiting until everybody listens`);
  const world = await createWorld(options.layer, seed, onProgress);
  const started = Date.now();
  let isKept = true;
  try {
    const { chain, connection } = world;
    const { chainId } = await connection.ethers.provider.getNetwork();
    const load = new Load(users, { chainId, bridge: chain.addresses.bridge }, new Random(seed));
    await firstDeposits(world, load);
    for (const actor of Object.values(world.actors)) actor.start();
    await everybodyListens(world);
    onProgress(`everybody runs, against ${world.layer.url}`);
    await disturb(world, load, options);
    onProgress(`undisturbed from now on: ${load.accepted} transactions accepted`);
    const settled = await settle(world, load, options);
    const { findings, bonds, ...counts } = await checkEnd(world, load, settled);
    isKept = findings.length > 0;
    const actors = Object.values(world.actors);
    const { gains: _gains, ...kept } = bonds;
    return {
      ...counts,
      seed,
      layer: options.layer,
      seconds: Math.round((Date.now() - started) / 1_000),
      accepted: load.accepted,
      refused: load.refused,
      kills: actors.reduce((sum, { kills }) => sum + kills, 0),
      deaths: actors.reduce((sum, { deaths }) => sum + deaths, 0),
      reorganizations: world.layer.reorganizations,
      faults: world.endpoints.reduce((sum, { happened }) => sum + [...happened.values()].reduce((a, b) => a + b, 0), 0),
      bonds: kept,
      findings,
    };
  } finally {
    if (isKept) onProgress(`everybody's files and logs stay in ${world.folder}`);
    await world.stop(isKept);
  }
}

async function firstDeposits({ connection, chain }: World, load: Load): Promise<void> {
  const signers = await connection.ethers.getSigners();
  for (const to of load.accounts) {
    const signer = signers.find(({ address }) => address.toLowerCase() === to.address)!;
    const sent = await chain.contracts.bridge.connect(signer).deposit(to.address, { value: FIRST_DEPOSIT });
    load.deposits.push({ hash: sent.hash, to, amount: FIRST_DEPOSIT });
  }
}

async function everybodyListens({ actors }: World): Promise<void> {
  const nodes = [actors.sequencer, actors.asserter, actors.challenger];
  for (let waited = 0; waited < START_PATIENCE; waited++) {
    if (nodes.every(({ server }) => server !== undefined)) return;
    await sleep(1_000);
  }
  const silent = nodes.filter(({ server }) => server === undefined);
  throw new Error(`These do not start:\n${silent.map(({ name, written }) => `${name}: ${written}`).join("\n")}`);
}
