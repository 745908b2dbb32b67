import hre from "hardhat";

import { resolveChain } from "../plugin/config/resolve.js";
import { formatTable } from "../plugin/console/table.js";
import { formatDuration } from "../plugin/config/duration.js";
import { RollupError } from "../plugin/errors.js";
import { loadProgram } from "../plugin/guests/program.js";
import type { DisputeFigures, Turn } from "../plugin/testing/playDispute.js";
import { TestChain, type Liar } from "../plugin/testing/testChain.js";
import { Payer, recipient, TRANSFERS } from "./ledgerLoad.js";
import { DISPUTE_PEERS } from "./peers.js";
import { count, fail, print, progress, readOptions } from "./options.js";

const DEFAULT_POSITIONS = 48;
/** An input's window where there are positions enough: the most that the ledger's batches need lies far below. */
const INPUT_BITS = 12;
const SMALL_INPUT_BITS = 6;
const MAX_STEP_BITS = 42;
const BATCHES = 3;
/** At most this many steps are executed for a transfer. */
const STEPS_PER_TRANSFER = 2400;

/**
 * One whole dispute, honest party against liars, each of whom is wrong by one instruction inside an executed input. The honest side must not make
 * the last claim, or there would be no step to prove: with an odd number of levels the liars claim against a true assertion, else the
 * honest party claims against theirs.
 */
async function run(positions: number, liarCount: number): Promise<{ figures: DisputeFigures; steps: bigint }> {
  const chain = await deploy(positions);
  const honest = await chain.honest();
  await fill(chain, batchSize(chain.config.stepBits));
  const parent = await honest.assert();
  const { executor } = chain.node;
  progress(`executed ${count(executor.steps)} steps in ${executor.inputCount} inputs`);
  const truth = chain.chain.parameters.levels % 2 === 1 ? await honest.assert() : undefined;
  const liars: Liar[] = [];
  for (let seed = 1; seed <= liarCount; seed++) {
    const liar = await chain.liar({ name: `liar ${seed}`, seed, parent, defendsOnly: true });
    if (truth === undefined) await liar.assert();
    liars.push(liar);
    progress(`liar ${seed} falsifies step ${count(liar.lieAt)}`);
  }
  const opening: Turn[] = [];
  if (truth !== undefined) {
    for (const party of liars) opening.push({ party, actions: await party.claimAgainst(truth) });
  }
  const figures = await chain.playDispute([honest, ...liars], {
    opening,
    onTurn: ({ party, actions }) => actions.forEach(({ text }) => progress(`${party.name}: ${text}`)),
  });
  return { figures, steps: executor.steps };
}

async function deploy(positions: number): Promise<TestChain> {
  const least = positions >= 2 * INPUT_BITS ? INPUT_BITS : SMALL_INPUT_BITS;
  const stepBits = Math.min(MAX_STEP_BITS, positions - least);
  const budget = Math.min(2 ** stepBits - 1, 2 ** 22);
  const parts = {
    guest: "ledger",
    inputBits: positions - stepBits,
    stepBits,
    inputBudget: { message: budget },
    sequencer: 1,
  };
  const config = resolveChain("bench", parts, hre.config.paths.root);
  const connection = await hre.network.create("default");
  return TestChain.deploy(connection, config, await loadProgram(config.guest));
}

/** How many transfers an input's window has room for. */
function batchSize(stepBits: number): number {
  return Math.max(1, Math.min(TRANSFERS, Math.floor(2 ** stepBits / STEPS_PER_TRANSFER)));
}

/** A deposit, and batches of transfers to many accounts. */
async function fill(chain: TestChain, size: number): Promise<void> {
  const payer = new Payer(chain);
  const sequencer = await chain.sequencer();
  await payer.deposit();
  await sequencer.drain();
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let at = 0; at < size; at++) sequencer.submit(await payer.sign("transfer", recipient(at)));
    await sequencer.postBatch();
  }
}

function parsePositions(text: string | undefined): number {
  const positions = Number(text ?? DEFAULT_POSITIONS);
  if (Number.isInteger(positions) && positions >= 18 && positions <= 60 && positions % 6 === 0) return positions;
  throw new RollupError("BENCH_OPTION", "--positions is the logarithm of a number of positions.", {
    given: text,
    expected: "a multiple of 6 from 18 to 60",
  });
}

function parseLiars(text: string | undefined): number {
  const liars = Number(text ?? 1);
  if (Number.isInteger(liars) && liars >= 1 && liars <= 12) return liars;
  throw new RollupError("BENCH_OPTION", "--liars is a number of adversaries.", { given: text, expected: "1 to 12" });
}

function checkHistory(history: string): void {
  if (history === "calldata") return;
  throw new RollupError("PART_PLANNED", "This kind of history is not built yet.", {
    given: history,
    expected: "calldata",
  });
}

/** Plays the dispute that the options ask for, and prints what it took. */
async function main(): Promise<void> {
  const options = readOptions(["history", "positions", "liars"]);
  const history = options.history ?? "calldata";
  checkHistory(history);
  const [positions, liars] = [parsePositions(options.positions), parseLiars(options.liars)];
  const { figures, steps } = await run(positions, liars);
  const result = {
    positions: 2 ** positions,
    history,
    liars,
    levels: figures.levels,
    rounds: figures.rounds,
    transactions: figures.transactions,
    gas: {
      total: Number(figures.gas.total),
      honest: Number(figures.gas.honest),
      dishonest: Number(figures.gas.dishonest),
    },
    blobGas: 0,
    stepGas: Number(figures.stepGas ?? 0n),
    chainSeconds: Number(figures.chainSeconds),
  };
  const columns = [
    { title: `dispute, ${liars === 1 ? "one liar" : `${liars} liars`}` },
    { title: "positions", align: "right" as const },
    { title: "transactions", align: "right" as const },
    { title: "rounds", align: "right" as const },
    { title: "gas", align: "right" as const },
  ];
  const ours = [
    `hardhat-rollup (${history})`,
    `2^${positions}`,
    count(result.transactions),
    String(result.rounds),
    count(result.gas.total),
  ];
  print(options, result, [
    ...formatTable(columns, [ours, ...DISPUTE_PEERS]),
    "",
    `${count(steps)} steps executed; the lie was found in ${figures.instruction ?? "no step"}, proved for ${count(result.stepGas)} gas; the ${figures.winner} side won.`,
    `Gas of the honest party ${count(result.gas.honest)}, of the others ${count(result.gas.dishonest)}; ${formatDuration(result.chainSeconds)} of the chain's time.`,
  ]);
  if (figures.winner !== "honest") process.exitCode = 1;
}

await main().catch(fail);
