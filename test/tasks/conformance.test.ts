import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { SuiteReport } from "../../plugin/conformance/report.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { Project } from "./project.js";

const FOLDER = join(PACKAGE_ROOT, "test", "conformance");

describe("rollup:conformance", function () {
  this.timeout(120_000);
  let project: Project;

  before(async () => {
    project = await Project.create();
  });
  after(() => project.close());

  const run = (args: string) => project.run(`rollup:conformance ${args}`, "default");

  it("prints one JSON value, with what was proved on chain", async () => {
    const { status, stdout } = await run(`--suite ${join(FOLDER, "suite")} --on-chain --samples 1 --json`);
    const { machine, failed, passed, onChain } = JSON.parse(stdout) as SuiteReport;
    expect([status, machine, failed, onChain.failed]).to.deep.equal([0, "wasm", 0, 0]);
    expect(passed).to.be.greaterThan(200);
    expect(onChain.steps).to.be.greaterThan(70);
  });

  it("ends with status 1 when anything failed, and says what", async () => {
    const { status, stdout } = await run(`--suite ${join(FOLDER, "wrong")}`);
    expect(status).to.equal(1);
    expect(stdout)
      .to.contain("wrong.json: 1 passed, 19 FAILED")
      .and.contain('line 25, assert_trap invoke "trap"')
      .and.contain("Given: unreachable")
      .and.contain("Expected: integer overflow")
      .and.contain("1 passed, 19 failed, 0 skipped");
  });

  it("refuses machines that are not there, and folders without tests", async () => {
    const empty = await mkdtemp(join(tmpdir(), "conformance-"));
    const refusals: readonly (readonly [string, string])[] = [
      ["", "--suite is missing"],
      [`--suite ${empty}`, "holds no test"],
      [`--suite ${join(empty, "missing")}`, "cannot be read"],
      [`--suite ${empty} --machine abacus`, "Given: abacus"],
      [`--suite ${empty} --samples 0`, "--samples cannot be used"],
    ];
    for (const [args, said] of refusals) {
      const { status, stderr } = await run(args);
      expect(status, args).to.equal(1);
      expect(stderr).to.contain(said);
    }
    await rm(empty, { recursive: true });
  });
});
