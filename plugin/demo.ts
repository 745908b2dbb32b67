import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import { formatAmount } from "./config/amount.js";
import { formatDuration } from "./config/duration.js";
import type { ChainConfig } from "./config/types.js";
import type { Console } from "./console/console.js";
import { formatCount } from "./console/format.js";
import { Timeline } from "./console/timeline.js";
import { castOf, deposit, describeStep, payWithdrawal, transact } from "./demoActs.js";
import type { HistoryKind } from "./dispute/historyKind.js";
import type { Hex } from "./hex.js";
import { loadProgram } from "./guests/program.js";
import type { Party } from "./testing/party.js";
import type { DisputeFigures } from "./testing/playDispute.js";
import { TestChain } from "./testing/testChain.js";

/** What Bob takes out, in wei. */
const WITHDRAWAL = 25n * 10n ** 17n;

/** What the story comes to; `rollup:demo --json` prints it. */
export interface DemoResult {
  readonly mode: string;
  readonly machine: string;
  readonly guest: string;
  /** Executed by the guest, in all. */
  readonly steps: number;
  readonly dispute: {
    /** How its claims named states. */
    readonly history: HistoryKind;
    readonly levels: number;
    readonly rounds: number;
    readonly transactions: number;
    readonly gas: { readonly total: number; readonly honest: number; readonly dishonest: number };
    readonly blobGas: number;
    /** Of the whole transaction that proves the step. */
    readonly stepGas: number;
    readonly instruction: string;
    readonly winner: "honest" | "dishonest";
  };
  /** Whether the honest assertion was confirmed. */
  readonly confirmed: boolean;
  readonly withdrawal: { readonly wei: string; readonly paid: boolean };
  /** Of wall time, compilation aside. */
  readonly seconds: number;
}

/** What a demo is told. */
export interface DemoOptions {
  readonly connection: NetworkConnection;
  /** The chain's settlement; its guest must be the ledger. */
  readonly config: ChainConfig;
  /** Draws the instruction that is lied about, and how. */
  readonly seed: number;
  readonly out: Console;
}

/**
 * Tells the whole story of a chain: deployed, used, attacked by a lie about one instruction, settled, and a withdrawal paid.
 * @throws {RollupError} If any of it cannot be done; nothing is left out in silence.
 */
export async function runDemo({ connection, config, seed, out }: DemoOptions): Promise<DemoResult> {
  const started = performance.now();
  const timeline = new Timeline(out, { costs: false });
  const cast = await castOf(connection);
  const program = await out.during("building the ledger", () => loadProgram(config));
  const chain = await out.during("deploying", () => TestChain.deploy(connection, config, program));
  const { gas, transactions } = chain.deployed;
  timeline.tell(
    "deployer",
    `deploy ${config.mode} "${config.name}"  (${formatCount(gas)} gas in ${transactions} transactions)`,
    await chain.chain.now(),
  );

  const { executor } = chain.node;
  const honest = await chain.honest({ name: "honest", signer: cast.honest, onEvent: timeline.party("honest") });
  await deposit(chain, cast, timeline);
  await transact(chain, cast, timeline, { nonce: 0, withdrawal: WITHDRAWAL });
  // A chain begins with room for one input. This assertion of the first fixes that the next is about all the others.
  const parent = await honest.assert();
  timeline.tell(
    "node",
    `executed ${executor.inputCount} inputs, ${formatCount(executor.steps)} steps of ${program.machine}`,
  );

  const { figures, truth } = await out.during("disputing", () =>
    dispute(chain, { parent, honest, seed, signer: cast.liar }, timeline),
  );
  const confirmed = chain.node.assertions.get(truth).status === "confirmed";
  const paid = await payWithdrawal(chain, cast, timeline);
  const seconds = (performance.now() - started) / 1000;
  const result: DemoResult = {
    mode: config.mode,
    machine: program.machine,
    guest: config.guest.name,
    steps: Number(chain.node.executor.steps),
    dispute: { history: chain.config.history, ...summary(figures) },
    confirmed,
    withdrawal: { wei: WITHDRAWAL.toString(), paid },
    seconds: Math.round(seconds * 100) / 100,
  };
  printSummary(out, result, timeline.elapsed);
  return result;
}

/** Whom a dispute is between, and about what. */
interface Dispute {
  /** The assertion whose children differ. */
  readonly parent: Hex;
  readonly honest: Party;
  /** The liar's account. */
  readonly signer: HardhatEthersSigner;
  readonly seed: number;
}

/** The truth is asserted, a lie beside it; both parties act until nothing is left to do. */
async function dispute(
  chain: TestChain,
  { parent, honest, signer, seed }: Dispute,
  timeline: Timeline,
): Promise<{ figures: DisputeFigures; truth: Hex }> {
  const truth = await honest.assert();
  const liar = await chain.liar({ name: "liar", signer, seed, parent, onEvent: timeline.party("liar") });
  const step = `${formatCount(liar.lieAt)} (${await describeStep(chain, parent, liar.lieAt)})`;
  timeline.tell("liar", `falsify step ${step}`);
  await liar.assert();
  const figures = await chain.playDispute([honest, liar]);
  return { figures, truth };
}

function summary(figures: DisputeFigures): Omit<DemoResult["dispute"], "history"> {
  const { levels, rounds, transactions, gas, blobGas, winner } = figures;
  return {
    levels,
    rounds,
    transactions,
    gas: { total: Number(gas.total), honest: Number(gas.honest), dishonest: Number(gas.dishonest) },
    blobGas: Number(blobGas.total),
    stepGas: Number(figures.stepGas ?? 0n),
    instruction: figures.instruction ?? "",
    winner,
  };
}

function printSummary(out: Console, { dispute, ...result }: DemoResult, elapsed: number): void {
  const { gas } = dispute;
  out.line();
  out.fields({
    chain: `${result.mode}, ${result.guest} on ${result.machine}, ${formatCount(result.steps)} steps`,
    dispute: `${dispute.levels} levels of histories in ${dispute.history === "blob" ? "blobs" : "calldata"}, ${dispute.rounds} rounds, ${dispute.transactions} transactions; the ${dispute.winner} party won`,
    gas: `${formatCount(gas.total)}: ${formatCount(gas.honest)} honest, ${formatCount(gas.dishonest)} dishonest; blob gas ${formatCount(dispute.blobGas)}`,
    "step on chain": `${dispute.instruction}, ${formatCount(dispute.stepGas)} gas`,
    truth: result.confirmed ? "confirmed" : "NOT CONFIRMED",
    withdrawal: `${formatAmount(BigInt(result.withdrawal.wei))}, ${result.withdrawal.paid ? "paid" : "NOT PAID"}`,
    time: `${formatDuration(elapsed)} of the chain's, ${result.seconds} s of yours`,
  });
}
