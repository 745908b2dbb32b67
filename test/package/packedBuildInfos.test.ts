import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { packNamedBuildInfos } from "../../scripts/packedBuildInfos.js";
import { userEnvironment } from "../helpers/environment.js";

const execute = promisify(execFile);

describe("what contracts were compiled from", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rollup-pack-"));
    const { files } = JSON.parse(await readFile(join(PACKAGE_ROOT, "package.json"), "utf8")) as { files: string[] };
    await write("package.json", { name: "packed", version: "1.0.0", files });
    await write("artifacts/contracts/Inbox.sol/Inbox.json", { buildInfoId: "solc-one" });
    await write("artifacts/contracts/dispute/ClaimTree.sol/ClaimTree.json", { buildInfoId: "solc-two" });
    await write("artifacts/contracts/testament/Will.sol/Will.json", { buildInfoId: "solc-three" });
    await write("artifacts/contracts/test/Token.sol/Token.json", { buildInfoId: "solc-of-tests" });
    for (const name of ["one", "two", "three", "of-tests", "of-yesterday"]) {
      await write(`artifacts/build-info/solc-${name}.json`, {});
      await write(`artifacts/build-info/solc-${name}.output.json`, {});
    }
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(path: string, content: object): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content));
  }

  async function packed(): Promise<string[]> {
    const options = { cwd: folder, env: userEnvironment() };
    const { stdout } = await execute("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], options);
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    return files
      .map(({ path }) => path)
      .filter((path) => path.includes("build-info"))
      .sort();
  }

  it("is packed as far as artifacts name it that are packed, and nothing that was left behind", async () => {
    expect(await packNamedBuildInfos(join(folder, "artifacts"))).to.deep.equal(["solc-one", "solc-three", "solc-two"]);
    const expected = ["one", "three", "two"].map((name) => `artifacts/build-info/solc-${name}.json`);
    expect(await packed()).to.deep.equal(expected);
    await write("artifacts/contracts/Inbox.sol/Inbox.json", { buildInfoId: "solc-two" });
    await packNamedBuildInfos(join(folder, "artifacts"));
    expect(await packed()).to.deep.equal(expected.slice(1));
  });

  it("is chosen before the package is packed", async () => {
    const text = await readFile(join(PACKAGE_ROOT, "package.json"), "utf8");
    expect((JSON.parse(text) as { scripts: Record<string, string> }).scripts.prepack).to.contain("packedBuildInfos");
  });
});
