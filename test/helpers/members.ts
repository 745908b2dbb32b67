import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { Interface } from "ethers";
import { network } from "hardhat";

import { artifactOf } from "../../plugin/artifacts.js";
import { Chain } from "../../plugin/chain.js";
import { BatchMemory, type BatchArchive } from "../../plugin/committee/batchPlace.js";
import { signOrder } from "../../plugin/committee/batchOrder.js";
import { CommitteeClient, type CommitteeClientOptions } from "../../plugin/committee/client.js";
import { CommitteeView } from "../../plugin/committee/committee.js";
import type { MemberKey } from "../../plugin/committee/member/member.js";
import { RunningMember, type RunningMemberOptions } from "../../plugin/committee/member/memberProcess.js";
import type { AssertionRequest, BatchRequest } from "../../plugin/committee/wire.js";
import type { Deployment } from "../../plugin/deployments.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import type { Program } from "../../plugin/machines/machine.js";
import { Attester } from "../../plugin/node/attester.js";
import type { OnEvent } from "../../plugin/node/events.js";
import { Sequencer } from "../../plugin/node/sequencer.js";
import { Validator } from "../../plugin/node/validator.js";
import { WordTree } from "../../plugin/sources/wordTree.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { LOOP } from "./chains.js";
import { deployCommitteeOn, type TestCommittee } from "./committee.js";
import { attestedNode, combinationNode, DAY, makeRule, unchallengedNode } from "./settlement.js";

const RETENTION = 30 * DAY;
/** Signatures that batches and assertions need, of four members. */
export const QUORUM = 3;

/** What a test may choose about one member's server. */
export type MemberChoice = Partial<Pick<RunningMemberOptions, "key" | "limits" | "serverLimits" | "port" | "database">>;

/** An anytrust chain with a committee of four, and servers for its members. */
export class CommitteeChain {
  public readonly running = new Map<Hex, RunningMember>();
  /** Where servers are, by member; what clients look at. */
  public readonly urls = new Map<Hex, string>();

  private constructor(
    public readonly base: TestChain,
    public readonly committee: TestCommittee,
    public readonly view: CommitteeView,
    public readonly deployment: Deployment,
    public readonly source: Hex,
    public readonly sequencerSigner: HardhatEthersSigner,
    private readonly folder: string,
    private readonly program: Program,
  ) {}

  /** Deploys one on a network of its own; no server runs yet. */
  public static async deploy(program: Program = LOOP): Promise<CommitteeChain> {
    const connection = await network.create();
    const base = await connection.rollup.deploy({ history: "calldata" }, program);
    const committee = await deployCommitteeOn(connection, { pool: 5, size: 4, epochBlocks: 2000 });
    await committee.turn();
    const source = await connection.ethers.deployContract("CommitteeSource", [
      committee.identity.address,
      QUORUM,
      RETENTION,
    ]);
    const rules = await connection.ethers.deployContract("RuleFactory");
    const rule = await makeRule(rules, [
      attestedNode(committee.identity.address, QUORUM),
      unchallengedNode(7 * DAY),
      combinationNode(1, [0, 1]),
    ]);
    const address = (await source.getAddress()).toLowerCase() as Hex;
    const deployment = await sibling(base, rule.toLowerCase() as Hex, address);
    const view = await CommitteeView.connect(committee.identity.address, connection.ethers.provider);
    const folder = await mkdtemp(join(tmpdir(), "members-"));
    return new CommitteeChain(base, committee, view, deployment, address, committee.people[0], folder, program);
  }

  /** The members of the current epoch, by seat. */
  public async seated(): Promise<Hex[]> {
    return (await this.view.epoch()).seats.map(({ member }) => member);
  }

  /** Starts a member's server; the same member keeps its file. */
  public async start(member: Hex, choice: MemberChoice = {}): Promise<RunningMember> {
    const signer = this.committee.people.find(({ address }) => address.toLowerCase() === member)!;
    const started = await RunningMember.start({
      address: member,
      key: this.committee.secretOf(signer.address),
      committee: this.view,
      database: this.databaseOf(member),
      nodes: async (own) => [await this.node({ archive: own })],
      ...choice,
    });
    this.running.set(member, started);
    this.urls.set(member, started.url);
    return started;
  }

  /** Starts the servers of all seats. */
  public async startAll(choice: MemberChoice = {}): Promise<RunningMember[]> {
    return Promise.all((await this.seated()).map((member) => this.start(member, choice)));
  }

  public databaseOf(member: Hex): string {
    return join(this.folder, `${member}.db`);
  }

  /** Ends a member's server; its address stays known. */
  public async stop(member: Hex): Promise<void> {
    await this.running.get(member)?.close();
    this.running.delete(member);
  }

  /** Ends everything. */
  public async end(): Promise<void> {
    await Promise.all([...this.running.keys()].map((member) => this.stop(member)));
    await rm(this.folder, { recursive: true, force: true });
  }

  public client(options: Partial<CommitteeClientOptions> = {}): CommitteeClient {
    return new CommitteeClient(this.view, { members: this.urls, certificateTimeout: 10_000, ...options });
  }

  /** A party's own node of the chain. */
  public async node(
    options: { archive?: BatchArchive; client?: CommitteeClient; onEvent?: OnEvent } = {},
  ): Promise<RollupNode> {
    const { archive = new BatchMemory(), client = this.client(), onEvent } = options;
    const chain = await Chain.connect(this.deployment, this.view.provider, undefined, { client, archive });
    return new RollupNode(chain, this.program, onEvent);
  }

  public async sequencer(client?: CommitteeClient, onEvent?: OnEvent): Promise<Sequencer> {
    return new Sequencer(await this.node({ client, onEvent }), this.sequencerSigner, onEvent);
  }

  public async validator(): Promise<Validator> {
    return new Validator(await this.node(), this.committee.people[7]);
  }

  public async attester(client = this.client()): Promise<Attester> {
    return new Attester(await this.node({ client }), this.committee.people[8], client, QUORUM);
  }

  /** What a sequencer would ask a member to keep now. */
  public async batchRequest(data: Uint8Array, given: Partial<BatchRequest> = {}): Promise<BatchRequest> {
    const { inbox: contract } = (await this.node()).chain.contracts;
    const count = await contract.count();
    const block = await this.view.provider.getBlock("latest");
    const inbox = this.deployment.addresses.inbox;
    const lastInput =
      count === 0n ? (`0x${"00".repeat(32)}` as const) : ((await contract.inputHash(count - 1n)) as Hex);
    const request = { inbox, lastInput, epoch: 1, expiry: block!.timestamp + RETENTION + 3600, ...given };
    const order = {
      inbox: request.inbox,
      lastInput: request.lastInput,
      root: new WordTree(data).root,
      length: BigInt(data.length),
      expiry: BigInt(request.expiry),
    };
    const signed = await signOrder(this.committee.identity, order, this.sequencerSigner);
    return { data: bytesToHex(data), order: signed, ...request };
  }

  /** What an attester would ask a member to sign of the next assertion, on a node that has read the chain. */
  public async assertionRequest(given: Partial<AssertionRequest> = {}): Promise<AssertionRequest> {
    const validator = await this.validator();
    const { parent, stateHash, end } = (await validator.next())!;
    const lastInput = validator.node.derivation.inputHash(end - 1n);
    return { rollup: this.deployment.addresses.rollup, epoch: 1, parent: parent.id, stateHash, lastInput, ...given };
  }
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown } & { readonly code?: string; readonly facts?: object };
}

/** Posts JSON, or what is given as text. */
export async function post(url: string, path: string, body: unknown): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, { method: "POST", body: text, headers });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

/** A server in front of another one, which changes what that one answers. */
export async function proxy(
  target: string,
  alter: (path: string, body: Buffer) => Buffer | Promise<Buffer>,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      const answer = await fetch(target + path, {
        method: request.method,
        headers: { "content-type": "application/json" },
        body: request.method === "POST" ? await readAll(request) : undefined,
      });
      const body = await alter(path, Buffer.from(await answer.arrayBuffer()));
      response.statusCode = answer.status;
      response.end(body);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A key that signs what another key's owner is asked to sign: a member with it lies with every signature. */
export function impostor(committee: TestCommittee, shown: MemberKey): MemberKey {
  const other = committee.secretOf("nobody");
  return { key: shown.key, sign: (digest, domain) => other.sign(digest, domain) };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The deployment of another chain like `base`, under another rule, whose first source is the committee's. */
async function sibling(base: TestChain, rule: Hex, source: Hex): Promise<Deployment> {
  const { deployment, provider } = base.chain;
  const abi = new Interface((await artifactOf("RollupFactory.sol")).abi);
  const topic = abi.getEvent("ChainCreated")!.topicHash;
  const [log] = await provider.getLogs({ topics: [topic], fromBlock: 0 });
  const config = abi.parseLog(log)!.args.config as { toObject(deep: boolean): object };
  const signer = (await base.stranger()).connect(provider);
  const sources = [source, deployment.addresses.sources[0]];
  const data = abi.encodeFunctionData("createChain", [{ ...config.toObject(true), rule, sources }]);
  const receipt = await (await signer.sendTransaction({ to: log.address, data })).wait();
  const created = receipt!.logs.map((one) => abi.parseLog(one)).find((event) => event?.name === "ChainCreated")!;
  const at = (name: string): Hex => String(created.args[name]).toLowerCase() as Hex;
  const addresses = {
    rollup: at("rollup"),
    inbox: at("inbox"),
    bridge: at("bridge"),
    messenger: at("messenger"),
    rule,
    sources,
  };
  return {
    ...deployment,
    fromBlock: receipt!.blockNumber,
    addresses: { ...deployment.addresses, ...addresses },
    sources: ["committee", "calldata"],
  };
}
