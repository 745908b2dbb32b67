import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { keccak256, toUtf8Bytes } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { Chain } from "../chain.js";
import { POSSESSION_DOMAIN, SecretKey } from "../committee/bls.js";
import type { BatchArchive } from "../committee/batchPlace.js";
import type { CommitteeClient } from "../committee/client.js";
import type { CommitteeView } from "../committee/committee.js";
import type { MemberKey, MemberLimits } from "../committee/member/member.js";
import type { RunningMember } from "../committee/member/memberProcess.js";
import { committeeClient } from "../committee/openAccess.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { RollupNode } from "../node/node.js";
import type { TestChain } from "./testChain.js";

/** What every member is given for its stake and its gas. */
const FUNDS = 10n ** 22n;

/** How one member's server is started. */
export interface MemberServerOptions {
  /** What signs for it, in place of its own key. */
  readonly key?: MemberKey;
  readonly limits?: Partial<MemberLimits>;
}

/**
 * The members of a test chain's committee: registered, drawn, and each with a real server of its own in this process. Only on development
 * networks, since accounts are made for them.
 */
export class MemberServers {
  private readonly secrets = new Map<Hex, SecretKey>();
  private readonly running = new Map<Hex, RunningMember>();

  private constructor(
    private readonly connection: NetworkConnection,
    public readonly chain: TestChain,
    /** Finds the servers that were started, as the sequencer of the chain does. */
    public readonly client: CommitteeClient,
    private readonly folder: string,
  ) {}

  /**
   * Registers as many members as the committee has seats, or `pool`, begins an epoch and starts the servers of all who have a seat.
   * @param options.name Of the committee, if the chain names several.
   */
  public static async start(
    connection: NetworkConnection,
    chain: TestChain,
    options: { readonly name?: string; readonly pool?: number } = {},
  ): Promise<MemberServers> {
    const { deployment, provider, committee } = chain.chain;
    const client = committee?.client ?? (await committeeClient(deployment, chain.config, provider, options.name));
    const folder = await mkdtemp(join(tmpdir(), "rollup-members-"));
    const servers = new MemberServers(connection, chain, client, folder);
    const pool = options.pool ?? servers.committee.parameters.size;
    for (let index = 0; index < pool; index++) await servers.register(index);
    await servers.turn();
    return servers;
  }

  public get committee(): CommitteeView {
    return this.client.committee;
  }

  /** Who has the current epoch's seats, in their order. */
  public async seated(): Promise<Hex[]> {
    return (await this.committee.epoch()).seats.map(({ member }) => member);
  }

  /** A member's secret, for those who play a liar's part. */
  public secretOf(member: Hex): SecretKey {
    const secret = this.secrets.get(member);
    if (secret !== undefined) return secret;
    throw new RollupError("MEMBER_UNKNOWN", "No such member was made for this test.", { given: member });
  }

  /** Begins the next epoch, waiting for the block that draws it, and starts the servers of those who are new. */
  public async turn(): Promise<void> {
    const { action, drawBlock, block } = await this.committee.nextTurn();
    if (action === "wait") await this.send("hardhat_mine", [`0x${(drawBlock - block).toString(16)}`]);
    const header = await this.committee.drawHeader({ send: (method, params) => this.send(method, params) });
    const [signer] = await this.connection.ethers.getSigners();
    await (await this.committee.contract.connect(signer).turn(header)).wait();
    const idle = (await this.seated()).filter((member) => !this.running.has(member));
    await Promise.all(idle.map((member) => this.restart(member)));
  }

  /** Starts a member's server, which knows what it has signed before. */
  public async restart(member: Hex, options: MemberServerOptions = {}): Promise<RunningMember> {
    await this.stop(member);
    // A web server and a database, which tests without a committee need not load.
    const { RunningMember } = await import("../committee/member/memberProcess.js");
    const started = await RunningMember.start({
      address: member,
      key: options.key ?? this.secretOf(member),
      committee: this.committee,
      database: join(this.folder, `${member}.db`),
      nodes: async (own) => [await this.node(own)],
      limits: options.limits,
    });
    this.running.set(member, started);
    this.client.reach(member, started.url);
    return started;
  }

  /** Ends members' servers, all if none are named; their addresses stay known. */
  public async stop(...members: readonly Hex[]): Promise<void> {
    const ended = members.length === 0 ? [...this.running.keys()] : members;
    await Promise.all(ended.map(async (member) => this.running.get(member)?.close()));
    ended.forEach((member) => this.running.delete(member));
  }

  /** Ends everything and forgets what was signed. */
  public async end(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async register(index: number): Promise<void> {
    const account = `0x${keccak256(toUtf8Bytes(`member ${index}`)).slice(26)}`;
    await this.send("hardhat_setBalance", [account, `0x${FUNDS.toString(16)}`]);
    const signer = await this.connection.ethers.getImpersonatedSigner(account);
    const member = signer.address.toLowerCase() as Hex;
    const secret = SecretKey.generate();
    this.secrets.set(member, secret);
    const { contract, parameters } = this.committee;
    const proof = secret.sign(this.committee.possessionDigest(member, secret.key), POSSESSION_DOMAIN);
    const registered = await contract.connect(signer).register(secret.key, proof, { value: parameters.stake });
    await registered.wait();
  }

  /** A member's own node: it believes nobody. */
  private async node(archive: BatchArchive): Promise<RollupNode> {
    const { deployment, provider, blobs, committee } = this.chain.chain;
    const access = committee && { client: this.client, archive };
    return new RollupNode(await Chain.connect(deployment, provider, blobs, access), this.chain.program);
  }

  private send(method: string, params: unknown[]): Promise<unknown> {
    return this.connection.provider.request({ method, params });
  }
}
