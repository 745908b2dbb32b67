/**
 * What `npm test` runs: build, lint, mocha tests, Solidity tests. Its last line sums the tests of both kinds; a skipped test
 * is counted as skipped. Options: `--no-lint`. Run with `tsx/esm` alone: `tsx` loads some modules of Hardhat twice.
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import hre from "hardhat";
import type { Result } from "hardhat/types/utils";
import Mocha from "mocha";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What Hardhat's task for Solidity tests gives. */
interface Suites {
  readonly suiteResults: readonly { readonly testResults: readonly { readonly status: string }[] }[];
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Mocha's own report, counted here: Hardhat's summary of it takes skipped tests for passed ones. */
class CountingReporter extends Mocha.reporters.Spec {
  public constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      counts.passed += this.stats.passes;
      counts.failed += this.stats.failures;
      counts.skipped += this.stats.pending;
    });
  }
}

async function build(): Promise<void> {
  await hre.tasks.getTask("build").run({});
}

/** @param part What needs the contracts to be compiled, or what does not. */
async function lint(part: "form" | "code" | "types"): Promise<void> {
  const args = ["run", "--silent", `lint:${part}`];
  const child = spawn("npm", args, { stdio: "inherit", shell: process.platform === "win32" });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve).once("error", reject);
  });
  if (status !== 0) throw new Error(`lint:${part} found something`);
}

async function testMocha(): Promise<void> {
  // More at once would make tests with clocks of their own wait for each other, however many processors there are.
  const jobs = Math.min(2, availableParallelism());
  Object.assign(hre.config.test.mocha, { reporter: CountingReporter, parallel: jobs > 1, jobs });
  const files = await readdir(hre.config.paths.tests.mocha, { recursive: true });
  // Hardhat would also load the helpers, as if they were tests.
  const testFiles = files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(hre.config.paths.tests.mocha, file));
  await hre.tasks.getTask(["test", "mocha"]).run({ testFiles: testFiles.sort(), noCompile: true });
}

/** Counted suite by suite: Hardhat sums Solidity tests only for those who ask for its own closing lines. */
async function testSolidity(): Promise<void> {
  const result = (await hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true })) as Result<Suites, Suites>;
  const { suiteResults } = result.success ? result.value : result.error;
  const tests = suiteResults.flatMap(({ testResults }) => testResults);
  const count = (wanted: string): number => tests.filter(({ status }) => status === wanted).length;
  counts.passed += count("Success");
  counts.skipped += count("Skipped");
  counts.failed += count("Failure");
  if (!result.success && count("Failure") === 0) throw new Error("The Solidity tests did not run to their end.");
}

/** Waits for both; what fails first is thrown. */
async function both(one: Promise<void>, other: Promise<void> | undefined): Promise<void> {
  for (const result of await Promise.allSettled([one, other])) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** A stage that throws counts as one failure, and those after it still run, so that one run tells everything. */
async function stage(name: string, work: () => Promise<void>): Promise<void> {
  const start = Date.now();
  console.log(`\n== ${name}`);
  try {
    await work();
  } catch (error) {
    counts.failed += 1;
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`== ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

const isLinting = !process.argv.includes("--no-lint");
// The compiler has one thread, and so have they.
await stage("build, and lint of form", () => both(build(), isLinting ? lint("form") : undefined));
if (isLinting) await stage("lint of code and types", () => both(lint("code"), lint("types")));
await stage("mocha tests", testMocha);
await stage("solidity tests", testSolidity);

const { passed, failed, skipped } = counts;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
