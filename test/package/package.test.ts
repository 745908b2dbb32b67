import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { TASKS } from "../../tasks/index.js";
import { userEnvironment } from "../helpers/environment.js";

const execute = promisify(execFile);

/** Runs a command as a user would. */
function run(command: string, args: string[], { cwd }: { cwd: string }): Promise<{ stdout: string }> {
  return execute(command, args, { cwd, env: userEnvironment() });
}

/** What a user's configuration looks like, in ten lines. */
const CONFIG = `import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { defineConfig } from "hardhat/config";
import hardhatRollup, { unchallenged } from "hardhat-rollup";

export default defineConfig({
  plugins: [hardhatEthers, hardhatRollup],
  rollup: {
    chains: { mine: { mode: "rollup", guest: "counter", rule: unchallenged("1d") } },
  },
});
`;

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, { readonly optional: boolean }>;
}

/** Peers of peers, which npm asks for as well. */
const OTHER_PEERS = ["@nomicfoundation/hardhat-verify"];

describe("the package", function () {
  this.timeout(180_000);
  let project: string;

  before(async () => {
    project = await mkdtemp(join(tmpdir(), "hardhat-rollup-"));
    await run("npx", ["tsc", "-p", "tsconfig.build.json"], { cwd: PACKAGE_ROOT });
    await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", project], { cwd: PACKAGE_ROOT });
    await installIn(project);
  });

  after(() => rm(project, { recursive: true, force: true }));

  it("brings what its contracts were compiled from, for block explorers, and nothing that solc made of it", async () => {
    const files = await readdir(join(project, "node_modules", "hardhat-rollup", "artifacts", "build-info"));
    expect(files).to.have.length.above(0);
    for (const file of files) expect(file).to.match(/^solc-[\w-]+\.json$/);
  });

  it("deploys a chain in a new project with ten lines of configuration and no Solidity compiler", async () => {
    const { stdout } = await run("npx", ["hardhat", "rollup:deploy", "--json"], { cwd: project });
    const deployed = JSON.parse(stdout) as { chain: string; addresses: Record<string, string>; file: string };
    expect(deployed.chain).to.equal("mine");
    expect(deployed.addresses.rollup).to.match(/^0x[0-9a-f]{40}$/);
    expect(JSON.parse(await readFile(deployed.file, "utf8"))).to.deep.include({ mode: "rollup", guest: "counter" });
  });

  it("tells the whole story there", async () => {
    const { stdout } = await run("npx", ["hardhat", "rollup:demo", "--json"], { cwd: project });
    expect(JSON.parse(stdout)).to.deep.include({ mode: "rollup", guest: "ledger", confirmed: true });
  });

  it("compiles a guest that imports its SDK", async () => {
    const { stdout } = await run("npx", ["hardhat", "rollup:build", "--json"], { cwd: project });
    expect((JSON.parse(stdout) as { program: string }).program).to.match(/^0x[0-9a-f]{64}$/);
  });

  it("says what a guest in C needs where that is not installed", async () => {
    const guest = "#include <rollup.h>\nvoid handle(void) {}\n";
    await writeFile(join(project, "guest.c"), guest);
    await writeFile(join(project, "c.config.ts"), CONFIG.replace('"counter"', '"./guest.c"'));
    const refused = await run("npx", ["hardhat", "--config", "c.config.ts", "rollup:build"], { cwd: project }).catch(
      ({ stderr }: { stderr: string }) => stderr,
    );
    expect(refused).to.contain("npm install --save-dev @yowasp/clang");
  });

  it("lists every command", async () => {
    const { stdout } = await run("npx", ["hardhat", "--help"], { cwd: project });
    expect(stdout.match(/rollup:\w+/g)).to.have.members(TASKS.map(({ id }) => id[0]));
  });

  it("lets contracts be imported by their path, and ships none of its tests", async () => {
    const script = 'console.log(import.meta.resolve("hardhat-rollup/contracts/IRollup.sol"))';
    const { stdout } = await run("node", ["--input-type=module", "-e", script], { cwd: project });
    const path = new URL(stdout.trim());
    expect(await readFile(path, "utf8")).to.contain("interface IRollup");
    expect(await readFile(new URL("test", path)).catch((error: NodeJS.ErrnoException) => error.code)).to.equal(
      "ENOENT",
    );
  });
});

/** Installs the packed package; what it depends on is linked from this repository, so that no network is needed. */
async function installIn(project: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(PACKAGE_ROOT, "package.json"), "utf8")) as Manifest;
  const peers = Object.keys(manifest.peerDependencies).filter((name) => !(name in manifest.peerDependenciesMeta));
  const linked = [...Object.keys(manifest.dependencies), ...peers, ...OTHER_PEERS];
  const links = linked.map((name) => [name, `file:${join(PACKAGE_ROOT, "node_modules", name)}`]);
  const dependencies = { ...Object.fromEntries(links), "hardhat-rollup": "file:hardhat-rollup-0.1.0.tgz" } as object;
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module", private: true, dependencies }));
  await writeFile(join(project, "hardhat.config.ts"), CONFIG);
  // What is linked would be prepared as in its own repository.
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: project });
}
