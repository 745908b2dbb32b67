import hre from "hardhat";

import { resolveChain } from "../plugin/config/resolve.js";
import { HISTORY_KINDS, HISTORY_WIDTHS, type HistoryKind } from "../plugin/dispute/historyKind.js";
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
const MAX_STEP_BITS: Readonly<Record<HistoryKind, number>> = { calldata: 42, blob: 36 };
const BATCHES = 3;
/** At most this many steps are executed for a transfer. */
const STEPS_PER_TRANSFER = 2400;

/**
 * One whole dispute, honest party against liars, each of whom is wrong by one instruction inside an executed input. The honest side must not make
 * the last claim, or there would be no step to prove: with an odd number of levels the liars claim against a true assertion, else the
 * honest party claims against theirs.
 */
async function run(
  positions: number,
  liarCount: number,
  history: HistoryKind,
): Promise<{ figures: DisputeFigures; steps: bigint }> {
  const chain = await deploy(positions, history);
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

async function deploy(positions: number, history: HistoryKind): Promise<TestChain> {
  const least = Math.max(positions >= 2 * INPUT_BITS ? INPUT_BITS : SMALL_INPUT_BITS, HISTORY_WIDTHS[history]);
  const stepBits = Math.min(MAX_STEP_BITS[history], positions - least);
  const budget = Math.min(2 ** stepBits - 1, 2 ** 22);
  const parts = {
    guest: "ledger",
    history,
    inputBits: positions - stepBits,
    stepBits,
    inputBudget: { message: budget },
    sequencer: 1,
  };
  const config = resolveChain("bench", parts, hre.config.paths.root);
  const connection = await hre.network.create("default");
  return TestChain.deploy(connection, config, await loadProgram(config));
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

function parsePositions(text: string | undefined, history: HistoryKind): number {
  const positions = Number(text ?? DEFAULT_POSITIONS);
  const width = HISTORY_WIDTHS[history];
  const [least, most] = [SMALL_INPUT_BITS + 12, 60].map((bits) => Math.ceil(bits / width) * width);
  const inRange = Number.isInteger(positions) && positions >= least && positions <= most;
  if (inRange && positions % width === 0) return positions;
  throw new RollupError("BENCH_OPTION", "--positions is the logarithm of a number of positions.", {
    given: text,
    expected: `with ${history} histories a multiple of ${width} from ${least} to ${most}`,
  });
}

function parseLiars(text: string | undefined): number {
  const liars = Number(text ?? 1);
  if (Number.isInteger(liars) && liars >= 1 && liars <= 12) return liars;
  throw new RollupError("BENCH_OPTION", "--liars is a number of adversaries.", { given: text, expected: "1 to 12" });
}

function parseHistory(text: string | undefined): HistoryKind {
  const history = HISTORY_KINDS.find((kind) => kind === (text ?? "calldata"));
  if (history !== undefined) return history;
  throw new RollupError("BENCH_OPTION", "--history is a kind of histories.", {
    given: text,
    expected: HISTORY_KINDS.join(" or "),
  });
}

/** Plays the dispute that the options ask for, and prints what it took. */
async function main(): Promise<void> {
  const options = readOptions(["history", "positions", "liars"]);
  const history = parseHistory(options.history);
  const [positions, liars] = [parsePositions(options.positions, history), parseLiars(options.liars)];
  const { figures, steps } = await run(positions, liars, history);
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
    blobGas: Number(figures.blobGas.total),
    stepGas: Number(figures.stepGas ?? 0n),
    chainSeconds: Number(figures.chainSeconds),
  };
  const columns = [
    { title: `dispute, ${liars === 1 ? "one liar" : `${liars} liars`}` },
    { title: "positions", align: "right" as const },
    { title: "transactions", align: "right" as const },
    { title: "rounds", align: "right" as const },
    { title: "gas", align: "right" as const },
    { title: "blob gas", align: "right" as const },
  ];
  const ours = [
    `hardhat-rollup (${history})`,
    `2^${positions}`,
    count(result.transactions),
    String(result.rounds),
    count(result.gas.total),
    count(result.blobGas),
  ];
  print(options, result, [
    ...formatTable(columns, [ours, ...DISPUTE_PEERS.map((peer) => [...peer, "0"])]),
    "",
    `${count(steps)} steps executed; the lie was found in ${figures.instruction ?? "no step"}, proved for ${count(result.stepGas)} gas; the ${figures.winner} side won.`,
    `Gas of the honest party ${count(result.gas.honest)}, of the others ${count(result.gas.dishonest)}; ${formatDuration(result.chainSeconds)} of the chain's time.`,
    ...(history === "blob" ? [`Blob gas of the honest party ${count(figures.blobGas.honest)}: one blob a claim.`] : []),
  ]);
  if (figures.winner !== "honest") process.exitCode = 1;
}

await main().catch(fail);
