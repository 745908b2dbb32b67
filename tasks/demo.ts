import { errorResult, successfulResult } from "hardhat/utils/result";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { resolveChain } from "../plugin/config/resolve.js";
import { Console } from "../plugin/console/console.js";
import { runDemo } from "../plugin/demo.js";

interface DemoArguments {
  readonly chain: string | undefined;
  readonly seed: number;
  readonly json: boolean;
}

/** `rollup:demo` */
const action: NewTaskActionFunction<DemoArguments> = async ({ chain, seed, json }, hre) => {
  const out = new Console(json);
  const { root } = hre.config.paths;
  const fallback = resolveChain("demo", { guest: "ledger", sequencer: 1 }, root);
  const configured =
    chain === undefined
      ? undefined
      : (await import("../plugin/config/selectChain.js")).selectChain(hre.config.rollup, chain);
  const config = configured === undefined ? fallback : { ...configured, guest: fallback.guest };
  const connection = await hre.network.create("default");
  const result = await runDemo({ connection, config, seed, out });
  await connection.close();
  out.result(result);
  const good = result.confirmed && result.withdrawal.paid && result.dispute.winner === "honest";
  return good ? successfulResult() : errorResult();
};

export default action;
