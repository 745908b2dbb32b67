import { errorResult, successfulResult } from "hardhat/utils/result";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { runCommitteeDemo } from "../plugin/committeeDemo.js";
import { resolveCommittees } from "../plugin/config/committees.js";
import { resolveChain } from "../plugin/config/resolve.js";
import { selectChain } from "../plugin/config/selectChain.js";
import type { ChainConfig } from "../plugin/config/types.js";
import { Console } from "../plugin/console/console.js";
import { runDemo, type DemoOptions } from "../plugin/demo.js";
import { RollupError } from "../plugin/errors.js";
import { DEFAULT_MACHINE, type MachineName } from "../plugin/machineTable.js";
import { DEFAULT_MODE, findMode } from "../plugin/modes.js";
import { requireMachine } from "../plugin/requireMachine.js";

interface DemoArguments {
  readonly chain: string | undefined;
  readonly mode: string | undefined;
  readonly machine: string | undefined;
  readonly seed: number;
  readonly json: boolean;
}

/** Six members, of whom two are honest: five must sign. Epochs are short, since the demo has to mine them. */
const COMMITTEES = { members: { size: 6, honest: 2, pool: 6, epochBlocks: 40, freezeBlocks: 2 } };

/** `rollup:demo` */
const action: NewTaskActionFunction<DemoArguments> = async (args, hre) => {
  const out = new Console(args.json);
  const config = configOf(args, hre);
  const connection = await hre.network.create("default");
  const good = await tell({ connection, config, seed: args.seed, out });
  await connection.close();
  return good ? successfulResult() : errorResult();
};

/** Tells the story of the chain's mode; true if it ended as it should. */
async function tell(options: DemoOptions): Promise<boolean> {
  const { config, out } = options;
  if (config.committees.length > 0) {
    const result = await runCommitteeDemo(options);
    out.result(result);
    return result.confirmed && result.withdrawal.paid && result.lie.winner === "honest" && result.lie.slashed > 0;
  }
  const result = await runDemo(options);
  out.result(result);
  return result.confirmed && result.withdrawal.paid && result.dispute.winner === "honest";
}

/** A configured chain's settlement, or a mode's, with the ledger as its guest. */
function configOf({ chain, mode, machine: given }: DemoArguments, hre: HardhatRuntimeEnvironment): ChainConfig {
  if (chain !== undefined && mode !== undefined) {
    const facts = { given: `--chain ${chain} --mode ${mode}` };
    throw new RollupError("ARGUMENT_INVALID", "A configured chain has a mode of its own.", facts);
  }
  const configured = chain === undefined ? undefined : selectChain(hre.config.rollup, chain);
  const machine = given === undefined ? (configured?.machine ?? DEFAULT_MACHINE) : requireMachine(given);
  const preset = modeConfig(mode ?? DEFAULT_MODE, machine, hre.config.paths.root);
  return configured === undefined ? preset : { ...configured, machine, guest: preset.guest };
}

/** A committee's story is told with calldata alone: its disputes and fallbacks would else wait for blobs to be computed. */
function modeConfig(mode: string, machine: MachineName, root: string): ChainConfig {
  // The same ledger in two languages: AssemblyScript writes WebAssembly alone.
  const parts = { mode, machine, guest: machine === "wasm" ? "ledger" : "ledger-c", sequencer: 1 };
  const committees = resolveCommittees(COMMITTEES);
  const config = resolveChain("demo", parts, root, committees);
  if (config.committees.length === 0) return config;
  const sources = findMode(mode)?.sources.filter(({ kind }) => kind !== "blob");
  return resolveChain("demo", { ...parts, sources, history: "calldata" }, root, committees);
}

export default action;
