import type { ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";

import { expect } from "chai";

import { Chain } from "../../plugin/chain.js";
import { POSSESSION_DOMAIN } from "../../plugin/committee/bls.js";
import { signOrder } from "../../plugin/committee/batchOrder.js";
import { CommitteeView } from "../../plugin/committee/committee.js";
import { memberFiles, readOrMakeKey } from "../../plugin/committee/member/memberFiles.js";
import { readDeployment } from "../../plugin/deployments.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import { NodeProcess } from "../../plugin/testing/nodeProcess.js";
import { post } from "../helpers/members.js";
import { Project } from "./project.js";
import { servedTransfer } from "./servedTransfer.js";

const BOB = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const STARTED = /: (http:\/\/127\.0\.0\.1:\d+)/;

describe("rollup:member, each member a process of its own", function () {
  this.timeout(300_000);
  let project: Project;
  let view: CommitteeView;
  let chain: Chain;
  let connection: Awaited<ReturnType<Project["connect"]>>;
  const processes = new Map<number, ChildProcess>();
  const urls: string[] = [];

  before(async () => {
    project = await Project.create();
    connection = await project.connect();
    const signers = (await connection.ethers.getSigners()).slice(5, 8);
    for (const _ of signers) urls.push(`http://127.0.0.1:${await freePort()}`);
    // Commands inherit it: the project's configuration names the members' servers.
    process.env.TEST_MEMBERS = JSON.stringify(
      Object.fromEntries(signers.map(({ address }, at) => [address, urls[at]])),
    );
    await project.json("rollup:deploy --chain anytrust");
    const deployment = await readDeployment(project.deployments, "devnode", "anytrust");
    chain = await Chain.connect(deployment, connection.ethers.provider);
    view = await CommitteeView.connect(deployment.committees.members, connection.ethers.provider);
    for (const signer of signers) {
      const { key } = memberFiles(project.deployments, "devnode", signer.address as Hex);
      const secret = await readOrMakeKey(key);
      const proof = secret.sign(view.possessionDigest(signer.address as Hex, secret.key), POSSESSION_DOMAIN);
      await (await view.contract.connect(signer).register(secret.key, proof, { value: view.parameters.stake })).wait();
    }
    await connection.provider.request({ method: "hardhat_mine", params: ["0x20"] });
    const header = await view.drawHeader(connection.ethers.provider);
    await (await view.contract.connect(signers[0]).turn(header)).wait();
  });

  after(async () => {
    delete process.env.TEST_MEMBERS;
    for (const child of processes.values()) child.kill("SIGKILL");
    await connection.close();
    await project.close();
  });

  /** Starts the server of the member with account 5, 6 or 7; gives its address when it listens. */
  async function start(account: number): Promise<string> {
    const child = project.spawn(`rollup:member --chain anytrust --from ${account} --poll 1`);
    processes.set(account, child);
    return new Promise((resolve, reject) => {
      let told = "";
      const listen = (data: Buffer): void => {
        told += data.toString();
        const found = STARTED.exec(told);
        if (found !== null) resolve(found[1]);
      };
      child.stdout?.on("data", listen);
      child.stderr?.on("data", listen);
      child.once("exit", (status) => reject(new Error(`The member ended with ${status}: ${told}`)));
    });
  }

  async function end(account: number, signal: NodeJS.Signals): Promise<number | null> {
    const child = processes.get(account)!;
    processes.delete(account);
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return ended;
  }

  async function batch(): Promise<{ batches: { source: string }[] }> {
    await project.json(`rollup:send --chain anytrust --to ${BOB} --amount "0.1 ether" --data 0x${"00".repeat(128)}`);
    return project.json("rollup:batch --chain anytrust");
  }

  it("says what is missing before it runs", async () => {
    const without = await project.run("rollup:member --chain anytrust");
    expect([without.status, without.stderr]).to.deep.include(1);
    expect(without.stderr).to.contain("Whose server it is must be said");
    const { status, stderr } = await project.run("rollup:member --chain anytrust --from 9");
    expect(status).to.equal(1);
    expect(stderr).to.contain("There is no secret key for this member").and.contain("rollup:register");
  });

  it("keeps the chain's batches where the configuration says that it listens", async () => {
    expect(await Promise.all([5, 6, 7].map(start))).to.deep.equal(urls);
    const { batches } = await batch();
    expect(batches.map(({ source }) => source)).to.deep.equal(["committee"]);
  });

  it("keeps batches for a node that sequences, and gives them to it", async () => {
    const node = new NodeProcess(project.nodeProcess("rollup:node --chain anytrust --roles sequencer --poll 1"));
    try {
      const client = await node.listening;
      expect(client, node.written).not.to.equal(undefined);
      expect(await servedTransfer(project, "anytrust", client!)).to.deep.equal(["committee"]);
    } finally {
      await node.stop();
    }
  });

  it("runs once with one file", async () => {
    const { status, stderr } = await project.run("rollup:member --chain anytrust --from 5 --port 0");
    expect(status).to.equal(1);
    expect(stderr).to.contain("This member runs already");
  });

  it("holds to what it signed when it was killed; the chain goes on with the others", async () => {
    const sequencer = (await connection.ethers.getSigners())[1];
    const { inbox } = chain.addresses;
    const lastInput = (await chain.contracts.inbox.inputHash((await chain.contracts.inbox.count()) - 1n)) as Hex;
    const expiry = Number(await chain.now()) + 60 * 86_400;
    const ask = async (data: Uint8Array) => {
      const { root } = new WordTree(data);
      const fields = { inbox, lastInput, root, length: BigInt(data.length), expiry: BigInt(expiry) };
      const order = await signOrder(view.identity, fields, sequencer);
      const epoch = Number(await view.currentEpoch());
      return post(urls[0], "/v1/batches", { inbox, epoch, lastInput, expiry, data: bytesToHex(data), order });
    };
    const [one, other] = [new Uint8Array(32), new Uint8Array(33)];
    const signed = await ask(one);
    expect(signed.status, JSON.stringify(signed.body)).to.equal(200);
    await end(5, "SIGKILL");
    expect(await start(5)).to.equal(urls[0]);
    expect((await ask(other)).body.code).to.equal("CONFLICT");
    expect(await ask(one)).to.deep.equal(signed);
    // It refuses what the sequencer wants kept here now; two of three are enough.
    const { batches } = await batch();
    expect(batches.map(({ source }) => source)).to.deep.equal(["committee"]);
    expect((await ask(one)).body.code).to.equal("LAST_INPUT_DIFFERS");
  });

  it("leaves the chain to L1 when most members are gone, which are found to be so at once", async () => {
    await Promise.all([end(5, "SIGKILL"), end(6, "SIGKILL")]);
    const { batches } = await batch();
    expect(batches.map(({ source }) => source)).to.deep.equal(["blob"]);
    const { stdout } = await project.run("rollup:execute --chain anytrust");
    expect(stdout).not.to.contain("cannot go past");
  });

  it("ends well when it is told to", async () => {
    expect(await end(7, "SIGTERM")).to.equal(0);
  });

  it("runs in a node's process too, where it is expected, and ends with the node", async () => {
    const options = "--chain anytrust --roles member --poll 1";
    const node = new NodeProcess(project.nodeProcess(`rollup:node ${options} --member 7`));
    try {
      const client = await node.listening;
      expect(client, node.written).not.to.equal(undefined);
      expect(await client!.get("/v1/status")).to.deep.include({ roles: [] });
      const { member } = await client!.get<{ member: { url: string; signatures: number } }>("/v1/status");
      expect(member.url).to.equal(urls[2]);
      expect(member.signatures).to.be.above(0);
      const metrics = await (await fetch(`${client!.url}/metrics`)).text();
      expect(metrics).to.match(new RegExp(`rollup_member_signatures\\{[^}]*\\} ${member.signatures}`));
      while (!(await fetch(`${client!.url}/health`)).ok) await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await (await fetch(`${client!.url}/metrics`)).text()).to.match(/rollup_last_round_seconds\{role="member"/);
      const identity = (await (await fetch(`${urls[2]}/v1/member`)).json()) as { member: string };
      expect(identity.member).to.equal((await connection.ethers.getSigners())[7].address.toLowerCase());
    } finally {
      const { status, log } = await node.stop();
      expect(status, log).to.equal(0);
    }
    const nobody = await project.run(`rollup:node ${options}`);
    expect(nobody.stderr).to.contain("--member with the member's account");
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
