import { existsSync } from "node:fs";

import { expect } from "chai";

import { NodeProcess } from "../../plugin/testing/nodeProcess.js";
import { serviceFiles } from "../../plugin/service/serviceFiles.js";
import { Project } from "./project.js";

const SOMEBODY = `0x${"5b".repeat(20)}`;

describe("rollup:node", function () {
  this.timeout(300_000);
  let project: Project;
  const running: NodeProcess[] = [];

  before(async () => {
    project = await Project.create();
    await project.json("rollup:deploy --chain ledger");
  });

  after(async () => {
    await Promise.all(running.map((node) => node.kill()));
    await project.close();
  });

  function start(options = "", killAt?: string): NodeProcess {
    const node = new NodeProcess(project.nodeProcess(`rollup:node --chain ledger --poll 1 ${options}`, killAt));
    running.push(node);
    return node;
  }

  it("serves users until it is told to stop, and is found by the project's commands", async () => {
    const node = start();
    const client = await node.listening;
    expect(client, node.written).not.to.equal(undefined);
    const files = serviceFiles(project.deployments, "devnode", "ledger");
    expect(existsSync(files.address)).to.equal(true);
    const answer = await project.json<{ accounts: { balance: string }[] }>("rollup:query --chain ledger");
    expect(answer.accounts[0].balance).to.equal("0");
    const ended = await node.stop();
    expect(ended.status, ended.log).to.equal(0);
    expect(existsSync(files.address)).to.equal(false);
    const refused = await project.run("rollup:query --chain ledger");
    expect(refused.status).to.equal(1);
    expect(refused.stderr).to.contain("rollup:node");
  });

  it("proves withdrawals to rollup:withdraw, each of which is paid once", async () => {
    const commands = ['deposit --amount "2 ether"', 'send --withdraw --amount "1 ether"', "batch"];
    commands.splice(2, 0, `send --withdraw --amount "0.25 ether" --to ${SOMEBODY}`);
    for (const command of [...commands, "assert", "assert", "confirm --advance"]) {
      const [name, ...options] = command.split(" ");
      await project.json(`rollup:${name} --chain ledger ${options.join(" ")}`);
    }
    const node = start("--roles none");
    const client = (await node.listening)!;
    while ((await client.get<{ confirmed: { end: string } }>("/v1/status")).confirmed.end === "0") {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const withdraw = (): Promise<{ paid: { amount: string }[]; unpaid: number; node: string }> =>
      project.json("rollup:withdraw --chain ledger");
    const first = await withdraw();
    expect(first.node).to.equal(client.url);
    expect(first.paid.map(({ amount }) => amount)).to.deep.equal([String(10n ** 18n)]);
    expect(first.unpaid).to.equal(1);
    const second = await withdraw();
    expect([second.paid, second.unpaid]).to.deep.equal([[], 1]);
    await node.kill();
  });

  it("takes transactions from rollup:send, each behind the one before, and posts them", async () => {
    await project.json("rollup:deploy --chain served");
    const node = new NodeProcess(project.nodeProcess("rollup:node --chain served"));
    running.push(node);
    const client = (await node.listening)!;
    await project.json('rollup:deposit --chain served --amount "1 ether"');
    const deposited = async (): Promise<boolean> => {
      const { accounts } = await project.json<{ accounts: { balance: string }[] }>("rollup:query --chain served");
      return accounts[0].balance !== "0";
    };
    while (!(await deposited())) await new Promise((resolve) => setTimeout(resolve, 100));
    const send = (): Promise<{ transaction: string; node: string }> =>
      project.json(`rollup:send --chain served --amount "0.1 ether" --to ${SOMEBODY}`);
    const [first, second] = [await send(), await send()];
    expect([first.node, second.node]).to.deep.equal([client.url, client.url]);
    const query = (transaction: string): Promise<{ state: string }> =>
      project.json(`rollup:query --chain served --transaction ${transaction}`);
    while ((await query(second.transaction)).state !== "included") await new Promise((done) => setTimeout(done, 100));
    expect((await query(first.transaction)).state).to.equal("included");
    const { accounts } = await client.get<{ accounts: { balance: string }[] }>(`/v1/accounts/${SOMEBODY}`);
    expect(accounts[0].balance).to.equal(String(2n * 10n ** 17n));
    await node.kill();
  });

  it("refuses a second process on its file, and roles that nobody has", async () => {
    const node = start("--roles none");
    expect(await node.listening, node.written).not.to.equal(undefined);
    const second = await start("--roles none").ended;
    expect(second.status).to.equal(1);
    expect(second.log).to.contain("runs for this chain already");
    const wrong = await start("--roles emperor").ended;
    expect(wrong.log).to.contain("sequencer, asserter, challenger");
    await node.kill();
  });
});
