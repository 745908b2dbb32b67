import { expect } from "chai";

import { Project } from "./project.js";

describe("commands refuse, before anything is spent,", function () {
  this.timeout(120_000);
  let project: Project;

  before(async () => {
    project = await Project.create();
  });
  after(() => project.close());

  /** What a command that fails prints on standard error. */
  async function refusal(command: string, network?: string): Promise<string> {
    const { status, stdout, stderr } = await project.run(`${command} --json`, network);
    expect(status).to.equal(1);
    expect(stdout, "nothing but JSON on standard output").to.equal("");
    return stderr;
  }

  it("a chain that is not named where there are several", async () => {
    expect(await refusal("rollup:status"))
      .to.contain("Several chains")
      .and.contain("--chain ledger");
  });

  it("a chain that nobody configured", async () => {
    expect(await refusal("rollup:deploy --chain nobody"))
      .to.contain("Given: nobody")
      .and.contain("ledger, servedBlobs, served, counter");
  });

  it("a network that does not answer", async () => {
    const url = project.nodeUrl;
    await project.stopNode();
    const said = await refusal("rollup:deploy --chain ledger");
    await project.restartNode();
    expect(said).to.contain('Network "devnode" does not answer').and.contain(url);
  });

  it("a chain on the embedded network, which begins anew with every command", async () => {
    expect(await refusal("rollup:status --chain counter", "default")).to.contain("begins anew with every command");
  });

  it("an account that the network does not have", async () => {
    expect(await refusal("rollup:deploy --chain counter --from 99"))
      .to.contain("has no such account")
      .and.contain("99");
  });

  it("arguments that are none", async () => {
    expect(await refusal("rollup:deposit --chain ledger --amount lots"))
      .to.contain("--amount")
      .and.contain("Given: lots");
    expect(await refusal("rollup:deposit --chain ledger --to bob"))
      .to.contain("--to")
      .and.contain("40 hexadecimal digits");
    expect(await refusal("rollup:send --chain ledger --data 0x123"))
      .to.contain("--data")
      .and.contain("even number");
    expect(await refusal("rollup:deploy --chain ledger --from bob"))
      .to.contain("--from")
      .and.contain("Given: bob");
  });

  it("an account that cannot pay", async () => {
    const connection = await project.connect();
    const [poor] = await connection.ethers.getSigners();
    await connection.provider.request({ method: "hardhat_setBalance", params: [poor.address, "0x1"] });
    const said = await refusal("rollup:deploy --chain counter");
    expect(said).to.contain("cannot pay to deploy the chain").and.contain(`1 wei in ${poor.address}`);
    expect(await connection.ethers.provider.getTransactionCount(poor.address)).to.equal(0);
    await connection.close();
  });
});

describe("rollup:modes", () => {
  it("prints every mode as it expands, and which of them are built", async () => {
    const project = await Project.create();
    const modes = await project.json<{ mode: string; status: string }[]>("rollup:modes");
    const { stdout } = await project.run("rollup:modes");
    await project.close();
    expect(modes.filter(({ status }) => status === "built").map(({ mode }) => mode)).to.deep.equal([
      "rollup",
      "anytrust",
      "short-window",
    ]);
    expect(modes.map(({ mode }) => mode)).to.include.members(["anytrust", "zk-rollup", "volition", "celestium"]);
    expect(stdout).to.contain("anyOf(allOf(attested(members), unchallenged(1h)), unchallenged(7d))");
  }).timeout(30_000);
});
