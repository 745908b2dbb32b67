import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { Chain } from "../../plugin/chain.js";
import { BatchMemory } from "../../plugin/committee/batchPlace.js";
import { CERTIFICATE_DOMAIN, type SecretKey } from "../../plugin/committee/bls.js";
import { CommitteeClient } from "../../plugin/committee/client.js";
import { CommitteeView } from "../../plugin/committee/committee.js";
import { signedToJson, type Signed } from "../../plugin/committee/evidence.js";
import { memberFiles, readKey } from "../../plugin/committee/member/memberFiles.js";
import { RunningMember } from "../../plugin/committee/member/memberProcess.js";
import { certify, type Statement } from "../../plugin/committee/statement.js";
import type { CommitteeStatus } from "../../plugin/committee/status.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import { readDeployment } from "../../plugin/deployments.js";
import { loadProgram } from "../../plugin/guests/program.js";
import type { Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import { testStatement } from "../helpers/committee.js";
import { Project } from "./project.js";

const ACCOUNTS = [5, 6, 7];
const ETHER = 10n ** 18n;

describe("the commands of a committee, each a process of its own", function () {
  this.timeout(300_000);
  let project: Project;
  let connection: NetworkConnection;
  let view: CommitteeView;
  const members: RunningMember[] = [];

  before(async () => {
    project = await Project.create();
    await project.json("rollup:deploy --chain anytrust");
    connection = await project.connect();
    const deployment = await readDeployment(project.deployments, "devnode", "anytrust");
    view = await CommitteeView.connect(deployment.committees.members, connection.ethers.provider);
  });

  after(async () => {
    delete process.env.TEST_MEMBERS;
    for (const member of members) await member.close();
    await connection.close();
    await project.close();
  });

  async function refusal(command: string): Promise<string> {
    const { status, stderr } = await project.run(command);
    expect(status, stderr).to.equal(1);
    return stderr;
  }

  async function addressOf(account: number): Promise<Hex> {
    return (await connection.ethers.getSigners())[account].address.toLowerCase() as Hex;
  }

  async function secretOf(member: Hex): Promise<SecretKey> {
    return readKey(memberFiles(project.deployments, "devnode", member).key);
  }

  /** What the members in some seats of the current epoch sign. */
  async function sign(statement: Statement, chosen: readonly number[]): Promise<Signed> {
    const { epoch, seats } = await view.epoch();
    const digest = view.digest(epoch, statement);
    const signatures = chosen.map(async (seat) => {
      const secret = await secretOf(seats[seat].member);
      return { seat, signature: secret.sign(digest, CERTIFICATE_DOMAIN) };
    });
    return { epoch, statement, certificate: certify(await Promise.all(signatures)) };
  }

  async function evidenceFile(name: string, a: Signed, b: Signed): Promise<string> {
    const path = join(dirname(project.deployments), name);
    await writeFile(path, JSON.stringify({ a: signedToJson(a), b: signedToJson(b) }));
    return path;
  }

  it("show a committee of nobody, and how likely draws are to fail", async () => {
    const status = await project.json<CommitteeStatus>("rollup:committee --chain anytrust --honest-share 0.4");
    expect(status).to.deep.include({ name: "members", address: view.address, epoch: 0, seats: [], pool: 0 });
    expect(status.parameters.stake).to.equal(ETHER.toString());
    // Of three, one is honest, and all three are drawn.
    expect([status.chances.pool, status.chances.honest]).to.deep.equal([3, 1]);
    expect(status.chances.bySize).to.deep.equal([
      { size: 3, needed: 2, quorum: 2, chance: 1, exact: "1/1", text: "100%" },
    ]);
    expect(await refusal("rollup:committee --chain anytrust --honest-share 2")).to.contain("a share from 0 to 1");
    expect(await refusal("rollup:committee --chain anytrust --committee guards")).to.contain("no such committee");
    expect(await refusal("rollup:committee --chain ledger")).to.contain("is not deployed");
  });

  it("register members, each with a key of its own, once", async () => {
    for (const [index, account] of ACCOUNTS.entries()) {
      const command = `rollup:register --chain anytrust --from ${account}`;
      const { member, pool, secret } = await project.json<{ member: Hex; pool: number; secret: string }>(command);
      expect([member, pool]).to.deep.equal([await addressOf(account), index + 1]);
      expect((await view.member(member)).key).to.equal((await readKey(secret)).key);
    }
    const again = await refusal("rollup:register --chain anytrust --from 5");
    expect(again).to.contain("This account is known to the committee").and.contain("bonded");
  });

  it("rotate, or say what that waits for", async () => {
    const waiting = await project.json<{ action: string; blocks: number; epoch: number }>(
      "rollup:rotate --chain anytrust",
    );
    expect(waiting).to.include({ action: "wait", epoch: 0 });
    expect(waiting.blocks).to.be.within(1, 20);
    const turned = await project.json<{ action: string; epoch: number; members: Hex[] }>(
      "rollup:rotate --chain anytrust --advance",
    );
    expect([turned.action, turned.epoch]).to.deep.equal(["turn", 1]);
    expect([...turned.members].sort()).to.deep.equal((await Promise.all(ACCOUNTS.map(addressOf))).sort());
  });

  it("refuse to register while the pool is frozen, with what to do", async () => {
    const left = (await view.drawBlock()) - BigInt(await connection.ethers.provider.getBlockNumber());
    await connection.provider.request({ method: "hardhat_mine", params: [`0x${(left - 1n).toString(16)}`] });
    const frozen = await refusal("rollup:register --chain anytrust --from 8");
    expect(frozen).to.contain("Nobody joins or leaves").and.contain("then rollup:rotate");
    await connection.provider.request({ method: "hardhat_mine", params: ["0x2000"] });
    const forgotten = await project.json<{ action: string; epoch: number }>("rollup:rotate --chain anytrust");
    expect(forgotten.action).to.be.oneOf(["postpone", "turn"]);
  });

  it("attest what members have executed, and say who is missing if they are too few", async () => {
    await project.json("rollup:deposit --chain anytrust");
    await project.json("rollup:batch --chain anytrust --source calldata");
    await project.json("rollup:assert --chain anytrust");
    const { status, stdout, stderr } = await project.run("rollup:attest --chain anytrust");
    expect(status, stderr).to.equal(1);
    expect(stdout).to.contain("Not enough of the committee's members have signed").and.contain("address is not known");
    await startMembers();
    const { attested, quorum } = await project.json<{
      attested: { attesters: number; signed: object }[];
      quorum: number;
    }>("rollup:attest --chain anytrust");
    expect(quorum).to.equal(2);
    expect(attested).to.have.length(1);
    expect(attested[0].attesters).to.be.at.least(2);
    const { confirmed } = await project.json<{ confirmed: Hex[] }>("rollup:confirm --chain anytrust");
    expect(confirmed).to.have.length(1);
    const none = await project.json<{ attested: object[] }>("rollup:attest --chain anytrust");
    expect(none.attested).to.deep.equal([]);
  });

  it("slash nobody without evidence that shows a lie", async () => {
    expect(await refusal("rollup:slash --chain anytrust")).to.contain("Nobody is recorded to have attested");
    const signed = await sign(testStatement(), [0, 1]);
    const harmless = await evidenceFile("harmless.json", signed, signed);
    expect(await refusal(`rollup:slash --chain anytrust --evidence ${harmless}`)).to.contain("may sign both");
    const forged = await sign(testStatement({ parent: `0x${"77".repeat(32)}` }), [0]);
    const other = { ...forged, statement: { ...forged.statement, value: `0x${"02".repeat(32)}` as const } };
    const false_ = await evidenceFile("false.json", forged, other);
    expect(await refusal(`rollup:slash --chain anytrust --evidence ${false_}`)).to.contain("WrongSignature");
    expect(await refusal("rollup:slash --chain anytrust --evidence /nowhere.json")).to.contain("cannot be read");
    await writeFile(harmless, '{"a": 5}');
    expect(await refusal(`rollup:slash --chain anytrust --evidence ${harmless}`))
      .to.contain("no evidence")
      .and.contain("a:");
  });

  it("slash who signed two statements, and pay the reporter", async () => {
    const { seats } = await view.epoch();
    const lie = await sign(testStatement({ value: `0x${"01".repeat(32)}` }), [0, 1]);
    const file = await evidenceFile("evidence.json", await sign(testStatement(), [1, 2]), lie);
    const command = `rollup:slash --chain anytrust --from 9 --evidence ${file}`;
    const { slashed, reward, burned } = await project.json<{ slashed: Hex[]; reward: string; burned: string }>(command);
    expect(slashed).to.deep.equal([seats[1].member]);
    expect([BigInt(reward), BigInt(burned)]).to.deep.equal([ETHER / 10n, (9n * ETHER) / 10n]);
    expect(await connection.ethers.provider.getBalance(view.address)).to.equal(2n * ETHER + (9n * ETHER) / 10n);
    const status = await project.json<CommitteeStatus>("rollup:committee --chain anytrust");
    expect(status.seats.map(({ struck }) => struck)).to.deep.equal([false, true, false]);
    expect(await refusal(command)).to.contain("NobodyToSlash");
  });

  it("leave: the stake stays until the member's epoch is over and can be answered for no more", async () => {
    interface Left {
      action: string;
      member: Hex;
      freeAt: number | null;
    }
    expect(await refusal("rollup:leave --chain anytrust --from 8")).to.contain("no stake with the committee");
    // So that the pool is not frozen meanwhile.
    await project.json("rollup:rotate --chain anytrust --advance");
    const accounts = await Promise.all(ACCOUNTS.map(addressOf));
    const records = await Promise.all(accounts.map((account) => view.member(account)));
    const bonded = records.findIndex(({ status }) => status === "bonded");
    const member = accounts[bonded];
    const command = `rollup:leave --chain anytrust --from ${ACCOUNTS[bonded]}`;
    expect(await project.json<Left>(command)).to.include({ action: "resign", member });
    expect(await project.json<Left>(`${command} --advance`)).to.include({ action: "wait", freeAt: null });
    await project.json("rollup:rotate --chain anytrust --advance");
    const waiting = await project.json<Left>(command);
    expect(waiting.action).to.equal("wait");
    expect(waiting.freeAt).to.be.greaterThan(0);
    const before = await connection.ethers.provider.getBalance(member);
    expect((await project.json<Left>(`${command} --advance`)).action).to.equal("withdraw");
    expect((await connection.ethers.provider.getBalance(member)) - before > (99n * ETHER) / 100n).to.equal(true);
  });

  /** The members' servers, in the test's own process; later commands find them by the configuration. */
  async function startMembers(): Promise<void> {
    const deployment = await readDeployment(project.deployments, "devnode", "anytrust");
    const config = resolveChain("anytrust", { guest: "ledger" }, process.cwd());
    const program = await loadProgram(config);
    const client = new CommitteeClient(view, { members: new Map(), certificateTimeout: 1_000 });
    for (const { member } of (await view.epoch()).seats) {
      const started = await RunningMember.start({
        address: member,
        key: await secretOf(member),
        committee: view,
        database: memberFiles(project.deployments, "devnode", member).database,
        nodes: async (archive = new BatchMemory()) => {
          const chain = await Chain.connect(deployment, view.provider, undefined, { client, archive });
          return [new RollupNode(chain, program)];
        },
      });
      members.push(started);
    }
    process.env.TEST_MEMBERS = JSON.stringify(Object.fromEntries(members.map(({ address, url }) => [address, url])));
  }
});
