import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { projectBlobs } from "../../plugin/blobs/projectBlobs.js";
import { Chain } from "../../plugin/chain.js";
import { readDeployment } from "../../plugin/deployments.js";
import { loadProgram } from "../../plugin/guests/program.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import type { Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import { falseTrace } from "../../plugin/testing/liar.js";
import { Lie } from "../../plugin/testing/lie.js";
import { Party } from "../../plugin/testing/party.js";
import { Project } from "./project.js";

interface Shown {
  readonly difference: { position: string; stride: string; given: Hex } | null;
  readonly position: string;
  readonly computedHash: Hex;
  readonly given?: Hex;
  readonly agrees: boolean;
  readonly before: { text: string };
}

/**
 * A liar in the test's own process, who lies about what follows the latest true assertion. Blobs go from process to process by the project's
 * archive, since this node has no beacon node beside it.
 */
async function liarOn(project: Project, connection: NetworkConnection): Promise<{ liar: Party; position: bigint }> {
  const deployment = await readDeployment(project.deployments, "devnode", "blobs");
  const blobs = await projectBlobs(connection, project.deployments);
  const chain = await Chain.connect(deployment, connection.ethers.provider, blobs);
  const config = resolveChain("blobs", { guest: "ledger" }, process.cwd());
  const node = new RollupNode(chain, await loadProgram(config));
  await node.sync();
  const parent = node.assertions.all().at(-1);
  const { trace, position } = await falseTrace(node, parent, { seed: 11 });
  const lie = new Lie(node, { parent: parent.id, trace });
  const signers = await connection.ethers.getSigners();
  return { liar: new Party("liar", false, node, signers[9], () => lie), position };
}

describe("a lie on a node that others share, disputed in blobs", function () {
  this.timeout(240_000);
  let project: Project;
  let connection: NetworkConnection;
  let liar: Party;
  let lieAt: bigint;

  before(async () => {
    project = await Project.create();
    await project.json("rollup:deploy --chain blobs");
    await project.json("rollup:deposit --chain blobs");
    await project.json('rollup:send --chain blobs --withdraw --amount "0.5 ether"');
    await project.json("rollup:batch --chain blobs");
    await project.json("rollup:assert --chain blobs");
    connection = await project.connect();
    ({ liar, position: lieAt } = await liarOn(project, connection));
    await liar.assert();
  });

  after(async () => {
    await connection.close();
    await project.close();
  });

  it("is seen by rollup:status", async () => {
    const status = await project.json<{ assertions: { correct: boolean }[]; history: string; kzg: string }>(
      "rollup:status --chain blobs",
    );
    expect(status.assertions.map(({ correct }) => correct)).to.deep.equal([true, true, false]);
    expect(status.history).to.equal("blob");
    expect(status.kzg).to.be.oneOf(["micro-eth-signer (JavaScript)", "c-kzg (native)"]);
  });

  it("is not stopped by a true rival alone: rollup:diagnose says that nobody has claimed against it", async () => {
    await project.json("rollup:assert --chain blobs");
    const { stdout } = await project.run("rollup:diagnose --chain blobs");
    expect(stdout).to.contain("no claim says where yet");
  });

  it("is found by rollup:challenge --once and the liar's answers, to the step", async () => {
    for (let round = 0; round < 3; round++) {
      await project.json("rollup:challenge --chain blobs --once");
      await liar.act();
    }
    const shown = await project.json<Shown>("rollup:diagnose --chain blobs");
    expect(shown.difference).to.include({ position: lieAt.toString(), stride: "1" });
    expect(shown).to.include({ position: lieAt.toString(), agrees: true });
    expect(shown.given)
      .to.match(/^0x[0-9a-f]{64}$/)
      .and.not.equal(shown.computedHash);
    expect(shown.before.text).to.match(/\S/);
  });

  it("is rejected and the truth confirmed by rollup:challenge --advance, which ends when nothing is left to do", async () => {
    const { confirmed, transactions } = await project.json<{ confirmed: number; transactions: number }>(
      "rollup:challenge --chain blobs --advance",
    );
    expect(confirmed).to.equal(2);
    expect(transactions).to.be.greaterThan(0);
    const { assertions } = await project.json<{ assertions: { correct: boolean; status: string }[] }>(
      "rollup:status --chain blobs",
    );
    for (const { correct, status } of assertions) {
      if (correct) expect(status).to.equal("confirmed");
      else expect(status).to.be.oneOf(["countered", "rejected"]);
    }
  });
});
