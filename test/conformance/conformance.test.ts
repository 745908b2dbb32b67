import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { runConformance } from "../../plugin/conformance/conformance.js";
import type { Failure, SuiteReport } from "../../plugin/conformance/report.js";
import type { SampledStep } from "../../plugin/conformance/runner.js";
import { StepProver } from "../../plugin/conformance/stepProver.js";
import { StepSampler } from "../../plugin/conformance/stepSampler.js";
import { createWasmRunner } from "../../plugin/conformance/wasm/wasmRunner.js";
import { FileTally } from "../../plugin/conformance/report.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";

const FOLDER = join(PACKAGE_ROOT, "test", "conformance");
const SUITE = join(FOLDER, "suite");

/** By file of the suite: what passes, and what is skipped. */
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  "bulk.json": [42, 0],
  "invalid.json": [17, 0],
  "linking.json": [79, 0],
  "modules.json": [19, 0],
  "outside.json": [2, 13],
  "traps.json": [27, 0],
  "values.json": [33, 0],
};

function run(folder: string, prover?: StepProver): Promise<SuiteReport> {
  return runConformance({ machine: "wasm", folder, samples: 2, prover });
}

/** The steps that a sampler takes of one file of the suite. */
async function sample(file: string, perKind: number): Promise<SampledStep[]> {
  const sampler = new StepSampler(perKind);
  await createWasmRunner(sampler).run(join(SUITE, file), new FileTally(file));
  return sampler.take();
}

describe("conformance tests of the WASM machine", function () {
  this.timeout(120_000);

  it("pass, with every kind of command that wast2json writes", async () => {
    const { files, ...sums } = await run(SUITE);
    expect(files.flatMap(({ failures }) => failures)).to.deep.equal([]);
    expect(Object.fromEntries(files.map(({ file, passed, skipped }) => [file, [passed, skipped]]))).to.deep.equal(
      COUNTS,
    );
    expect(sums).to.deep.equal({
      machine: "wasm",
      passed: 219,
      failed: 0,
      skipped: 13,
      skippedFor: {
        "vectors (SIMD)": 5,
        "tail calls": 2,
        "64-bit memory": 2,
        threads: 2,
        exceptions: 2,
      },
      onChain: { steps: 0, failed: 0, failures: [] },
    });
  });

  it("fail where a test expects what is not so, and say on which line, what was given and what was expected", async () => {
    const { passed, failed, files } = await run(join(FOLDER, "wrong"));
    expect([passed, failed]).to.deep.equal([1, 19]);
    const failures = new Map(files[0].failures.map((failure) => [failure.line, failure]));
    const expectFailure = (line: number, given: string, expected: string): void => {
      const failure = failures.get(line) as Failure;
      expect([failure.given, failure.expected], `line ${line}`).to.deep.equal([given, expected]);
    };
    expectFailure(13, "i32 1", "i32 2");
    expectFailure(14, "i32 1, i64 2", "i32 1, i64 3");
    expectFailure(15, "f32 0x7fc00001", "f32 nan:canonical");
    expectFailure(16, "f64 0x8000000000000000", "f64 0x0");
    expectFailure(20, "externref 1", "externref null");
    expectFailure(21, "unreachable", "no error");
    expectFailure(24, "returned i32 1", "unreachable");
    expectFailure(25, "unreachable", "integer overflow");
    expectFailure(26, "more than 268435456 steps", "call stack exhausted");
    expectFailure(27, "instantiated", "unknown import");
    expectFailure(28, "unknown import", "incompatible import type");
    expect([...failures.keys()]).to.deep.equal(Array.from({ length: 19 }, (_, index) => 13 + index));
  });

  it("instantiate a definition as often as is asked for, each with a state of its own, and know which commands are left out", async () => {
    const folder = await mkdtemp(join(tmpdir(), "conformance-"));
    await copyFile(join(SUITE, "modules.0.wasm"), join(folder, "counter.wasm"));
    const next = (module: string, value: number, line: number) => ({
      type: "assert_return",
      line,
      action: { type: "invoke", module, field: "next", args: [] },
      expected: [{ type: "i32", value: String(value) }],
    });
    const commands = [
      { type: "module_definition", line: 1, name: "$Counter", filename: "counter.wasm", module_type: "binary" },
      { type: "module_instance", line: 2, instance: "$One", module: "$Counter" },
      { type: "module_instance", line: 3, instance: "$Two", module: "$Counter" },
      ...[next("$One", 11, 4), next("$One", 12, 5), next("$Two", 11, 6)],
      { type: "assert_wonder", line: 7 },
      { type: "assert_exception", line: 8 },
    ];
    await writeFile(join(folder, "definitions.json"), JSON.stringify({ commands }));
    await writeFile(join(folder, "package.json"), "{}");
    const { passed, skippedFor, files } = await run(folder);
    await rm(folder, { recursive: true });
    expect([passed, skippedFor]).to.deep.equal([6, { exceptions: 1 }]);
    expect(files[0].failures.map(({ line, given }) => [line, given])).to.deep.equal([[7, "command assert_wonder"]]);
  });

  it("prove a sample of every kind of step on chain", async () => {
    const connection = await network.create();
    const prover = await StepProver.deploy(connection, "machines/wasm/WasmMachine.sol");
    const { onChain } = await run(SUITE, prover);
    expect(onChain.failures).to.deep.equal([]);
    expect(onChain.steps).to.be.greaterThan(130);
    await connection.close();
  });

  it("notice a contract that comes to another state, or refuses", async () => {
    const connection = await network.create();
    const prover = await StepProver.deploy(connection, "machines/wasm/WasmMachine.sol");
    for (const step of await sample("traps.json", 1)) {
      expect(await prover.disagreement(step), step.kind).to.equal(undefined);
      const other = { ...step.after, inputCount: step.after.inputCount + 1n };
      expect(await prover.disagreement({ ...step, after: other })).to.match(/the contract comes to 0x00/);
      const witness = Uint8Array.from(step.witness, (byte, index) => (index === 0 ? byte ^ 1 : byte));
      expect(await prover.disagreement({ ...step, witness })).to.match(/the contract refuses: Wrong/);
    }
    await connection.close();
  });

  it("sample as many steps of a kind as are asked for, each of another command", async () => {
    const [once, thrice] = [await sample("values.json", 1), await sample("values.json", 3)];
    const count = (steps: SampledStep[], kind: string): number => steps.filter((step) => step.kind === kind).length;
    expect([count(once, "return"), count(thrice, "return")]).to.deep.equal([1, 3]);
    expect(count(thrice, "i32.add")).to.be.within(2, 3);
    const kinds = (await sample("traps.json", 1)).map(({ kind }) => kind);
    expect(new Set(kinds).size).to.equal(kinds.length);
    expect(kinds).to.include.members([
      "unreachable traps: unreachable",
      "i32.div_s traps: integer divide by zero",
      "i32.div_s traps: integer overflow",
      "i64.load traps: out of bounds memory access",
      "call traps: stack exhausted",
      "call_indirect traps: uninitialized element",
      "call_indirect traps: indirect call type mismatch",
    ]);
  });
});
