import { MACHINES, type MachineName } from "../machineTable.js";
import { FileTally, sumUp, type FileReport, type SuiteReport } from "./report.js";
import { StepSampler } from "./stepSampler.js";
import type { StepProver } from "./stepProver.js";
import { listSuite } from "./suite.js";

/** What to run, and what to tell while it runs. */
export interface ConformanceOptions {
  readonly machine: MachineName;
  /** The suite's folder. */
  readonly folder: string;
  /** Where sampled steps are proved; none are if absent. */
  readonly prover?: StepProver;
  /** Steps of each kind that are proved. */
  readonly samples: number;
  /** Told of a file that was run. */
  readonly onReport?: (report: FileReport) => void;
}

/**
 * Runs a folder of conformance tests on a machine.
 * @throws {RollupError} `SUITE_NOT_FOUND`, `SUITE_EMPTY`.
 */
export async function runConformance(options: ConformanceOptions): Promise<SuiteReport> {
  const { machine, folder, prover, samples, onReport } = options;
  const createRunner = await MACHINES[machine].conformance();
  const sampler = new StepSampler(samples);
  const runner = createRunner(prover === undefined ? undefined : sampler);
  const suite = await listSuite(folder, runner);
  const tallies: FileTally[] = [];
  const failures: string[] = [];
  let steps = 0;
  for (const { name, path } of suite) {
    const tally = new FileTally(name);
    await runner.run(path, tally);
    tallies.push(tally);
    for (const step of sampler.take()) {
      const disagreement = await prover?.disagreement(step);
      if (disagreement !== undefined) failures.push(`${name}, ${disagreement}`);
      steps++;
    }
    onReport?.(tally.report());
  }
  return sumUp(machine, tallies, { steps, failed: failures.length, failures });
}
