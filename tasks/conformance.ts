import { errorResult, successfulResult } from "hardhat/utils/result";
import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { runConformance } from "../plugin/conformance/conformance.js";
import { requireMachine } from "../plugin/requireMachine.js";
import type { FileReport, SuiteReport } from "../plugin/conformance/report.js";
import { StepProver } from "../plugin/conformance/stepProver.js";
import { Console } from "../plugin/console/console.js";
import { formatCount } from "../plugin/console/format.js";
import { RollupError } from "../plugin/errors.js";
import { MACHINES } from "../plugin/machineTable.js";

interface ConformanceArguments {
  readonly machine: string;
  readonly suite: string | undefined;
  readonly onChain: boolean;
  readonly samples: number;
  readonly json: boolean;
}

/** `rollup:conformance` */
const action: NewTaskActionFunction<ConformanceArguments> = async (args, hre) => {
  const out = new Console(args.json);
  const folder = requireFolder(args.suite);
  requireSamples(args.samples);
  const machine = requireMachine(args.machine);
  const connection = args.onChain ? await hre.network.create("default") : undefined;
  const prover =
    connection === undefined
      ? undefined
      : await out.during("deploying the machine", () => StepProver.deploy(connection, MACHINES[machine].contract));
  const report = await out.during(`testing ${args.machine}`, () =>
    runConformance({
      machine,
      folder,
      prover,
      samples: args.samples,
      onReport: (file) => printFile(file, out),
    }),
  );
  await connection?.close();
  printSums(report, args.onChain, out);
  out.result(report);
  return report.failed + report.onChain.failed === 0 ? successfulResult() : errorResult();
};

function requireFolder(suite: string | undefined): string {
  if (suite !== undefined) return suite;
  throw new RollupError("ARGUMENT_INVALID", "--suite is missing.", { expected: "the folder of a suite's tests" });
}

function requireSamples(samples: number): void {
  if (samples >= 1) return;
  throw new RollupError("ARGUMENT_INVALID", "--samples cannot be used.", { given: samples, expected: "at least 1" });
}

function printFile({ file, passed, failed, skipped, failures }: FileReport, out: Console): void {
  const counts = [`${passed} passed`, failed > 0 ? `${failed} FAILED` : "", skipped > 0 ? `${skipped} skipped` : ""];
  out.line(`${file}: ${counts.filter((count) => count !== "").join(", ")}`);
  for (const { line, command, given, expected } of failures) {
    out.line(`  line ${line}, ${command}`);
    out.line(`    Given: ${given}`);
    out.line(`    Expected: ${expected}`);
  }
}

function printSums({ passed, failed, skipped, skippedFor, onChain }: SuiteReport, proved: boolean, out: Console): void {
  out.line();
  out.line(`${formatCount(passed)} passed, ${formatCount(failed)} failed, ${formatCount(skipped)} skipped`);
  for (const [reason, count] of Object.entries(skippedFor)) out.line(`  skipped for ${reason}: ${formatCount(count)}`);
  if (!proved) return;
  out.line(`${formatCount(onChain.steps)} steps proved on chain, ${formatCount(onChain.failed)} of them failed`);
  for (const failure of onChain.failures) out.line(`  ${failure}`);
}

export default action;
