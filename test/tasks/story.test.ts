import { expect } from "chai";
import { readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Project } from "./project.js";

const BOB = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("commands, each a process of its own, against one node", function () {
  this.timeout(240_000);
  let project: Project;

  before(async () => {
    project = await Project.create();
  });
  after(() => project.close());

  it("say what to do where nothing is deployed yet", async () => {
    const { status, stderr } = await project.run("rollup:status --chain ledger");
    expect(status).to.equal(1);
    expect(stderr).to.contain('Chain "ledger" is not deployed').and.contain("rollup:deploy --chain ledger");
  });

  it("rollup:deploy remembers the chain with the genesis block of its network", async () => {
    const deployed = await project.json<{ chain: string; genesisBlock: string }>("rollup:deploy --chain ledger");
    const file = join(project.deployments, "devnode", "ledger.json");
    const remembered = JSON.parse(await readFile(file, "utf8")) as typeof deployed;
    expect(remembered.genesisBlock)
      .to.equal(deployed.genesisBlock)
      .and.match(/^0x[0-9a-f]{64}$/);
  });

  it("rollup:deposit tells its cost before it pays", async () => {
    const { stdout } = await project.run('rollup:deposit --chain ledger --amount "2 ether"');
    const [cost, done] = stdout.split("\n");
    expect(cost).to.match(/deposit 2 ETH for 0x\w+: 2 ETH and about [\d,]+ gas \([\d.]+ ETH\)/);
    expect(done).to.match(/deposit 2 ETH .*\([\d,]+ gas, 2 ETH\)/);
  });

  it("rollup:send hands transactions to the sequencer, with nonces that follow each other", async () => {
    const transfer = await project.json<{ waiting: number }>(
      `rollup:send --chain ledger --to ${BOB} --amount "0.5 ether"`,
    );
    const withdrawal = await project.json<{ waiting: number }>(
      'rollup:send --chain ledger --withdraw --amount "1 ether"',
    );
    expect([transfer.waiting, withdrawal.waiting]).to.deep.equal([1, 2]);
  });

  it("rollup:send --l1 queues bytes that the guest refuses, and the chain goes on", async () => {
    const sent = await project.json<{ hash: string }>("rollup:send --chain ledger --data 0x1234 --l1");
    expect(sent.hash).to.match(/^0x[0-9a-f]{64}$/);
  });

  it("rollup:batch posts what waits, once", async () => {
    const first = await project.json<{ batches: { source: string }[] }>("rollup:batch --chain ledger");
    expect(first).to.include({ transactions: 2, messages: 2, inputs: 3, blobGas: 2 ** 17 });
    expect(first.batches.map(({ source }) => source)).to.deep.equal(["blob"]);
    expect(await project.json<object>("rollup:batch --chain ledger")).to.include({ transactions: 0, messages: 0 });
  });

  it("rollup:send counts what waits in the inbox: its nonces follow those past the sequencer", async () => {
    await project.json<object>(`rollup:send --chain ledger --to ${BOB} --amount "0.1 ether" --l1`);
    await project.json<object>(`rollup:send --chain ledger --to ${BOB} --amount "0.1 ether"`);
    const { stdout } = await project.run("rollup:batch --chain ledger --source calldata");
    expect(stdout).to.match(
      /calldata [\d.]+ ETH \(about [\d,]+ gas\), blob [\d.]+ ETH \(about [\d,]+ gas, 1 blob\): calldata/,
    );
    expect(stdout).to.match(/post a batch of 1 transactions after 1 messages {2}\([\d,]+ gas\)/);
  });

  it("rollup:execute shows how each input ended", async () => {
    const executed = await project.json<{ inputs: { kind: string; outcome: string; logs: string[] }[] }>(
      "rollup:execute --chain ledger",
    );
    expect(executed.inputs.map(({ kind, outcome }) => [kind, outcome])).to.deep.equal([
      ["deposit", "returned"],
      ["message", "rejected"],
      ["batch", "returned"],
      ["message", "returned"],
      ["batch", "returned"],
    ]);
    const [, , , message, batch] = executed.inputs;
    expect([message.logs, batch.logs], "what the ledger refuses, it logs").to.deep.equal([[], []]);
  });

  it("rollup:status names a blob that is nowhere to be found, and goes on up to it", async () => {
    const archive = join(dirname(project.deployments), ".hardhat-rollup", "blobs");
    await rename(archive, `${archive}-away`);
    const { status, stdout } = await project.run("rollup:status --chain ledger");
    await rm(archive, { recursive: true, force: true });
    await rename(`${archive}-away`, archive);
    expect(status).to.equal(0);
    expect(stdout).to.match(/cannot go past input 2: A blob that is needed is nowhere to be found/);
    expect(stdout).to.contain(`folder ${archive}: has no such blob`);
  });

  it("rollup:assert asserts as long as there is something to assert", async () => {
    const ends = [];
    for (let run = 0; run < 3; run++) {
      const made = await project.json<{ assertion: string | null; end?: string }>("rollup:assert --chain ledger");
      ends.push(made.assertion === null ? null : made.end);
    }
    expect(ends).to.deep.equal(["1", "5", null]);
  });

  it("rollup:confirm confirms nothing before the window is over, and says how long that is", async () => {
    const { stdout } = await project.run("rollup:confirm --chain ledger");
    expect(stdout).to.match(/waits (1d|23h 59m \d+s) for the end of its window/);
  });

  it("rollup:withdraw finds nothing before that", async () => {
    expect(await project.json<object>("rollup:withdraw --chain ledger")).to.deep.equal({ paid: [], unpaid: 0 });
  });

  it("rollup:confirm --advance moves the node's clock", async () => {
    const { confirmed, inputs } = await project.json<{ confirmed: string[]; inputs: number }>(
      "rollup:confirm --chain ledger --advance",
    );
    expect([confirmed.length, inputs]).to.deep.equal([2, 5]);
  });

  it("rollup:withdraw pays, once", async () => {
    const { paid } = await project.json<{ paid: { amount: string }[] }>("rollup:withdraw --chain ledger");
    expect(paid.map(({ amount }) => amount)).to.deep.equal([(10n ** 18n).toString()]);
    expect(await project.json<object>("rollup:withdraw --chain ledger")).to.deep.equal({ paid: [], unpaid: 0 });
  });

  it("rollup:diagnose shows a step, and that the contract agrees", async () => {
    const position = 2n ** 36n + 50n;
    const shown = await project.json<{ agrees: boolean; position: string; before: { text: string } }>(
      `rollup:diagnose --chain ledger --position ${position}`,
    );
    expect(shown).to.include({ agrees: true, position: position.toString() });
    expect(shown.before.text).to.match(/\S/);
  });

  it("rollup:challenge takes the bonds home, and then finds nothing to do", async () => {
    await project.json<object>("rollup:challenge --chain ledger --from 2 --once");
    const { transactions } = await project.json<{ transactions: number }>("rollup:challenge --chain ledger --once");
    expect(transactions).to.equal(0);
  });

  it("rollup:status shows what is confirmed", async () => {
    const { confirmed } = await project.json<{ confirmed: { end: string; correct: boolean } }>(
      "rollup:status --chain ledger",
    );
    expect(confirmed).to.include({ end: "5", correct: true });
  });

  it("notice a guest that is not the one that was deployed", async () => {
    const { status, stderr } = await project.run("rollup:assert --chain ledger", "devnode", { TEST_GUEST: "counter" });
    expect(status).to.equal(1);
    expect(stderr).to.contain('not the one that chain "ledger" runs').and.contain("deploy the chain anew");
  });

  it("notice a restarted node and say so", async () => {
    await project.restartNode();
    const { status, stderr } = await project.run("rollup:status --chain ledger");
    expect(status).to.equal(1);
    expect(stderr)
      .to.match(/was the node (restarted|reset)\?/)
      .and.contain("rollup:deploy --chain ledger");
  });

  it("rollup:deploy deploys anew then, whatever was remembered", async () => {
    const { transactions } = await project.json<{ transactions: number }>("rollup:deploy --chain ledger");
    expect(transactions).to.be.greaterThan(5);
    const { confirmed } = await project.json<{ confirmed: { end: string } }>("rollup:status --chain ledger");
    expect(confirmed.end).to.equal("0");
  });
});
