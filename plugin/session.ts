import { setTimeout as sleep } from "node:timers/promises";

import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { signerOf } from "./accounts.js";
import type { BlobAccess } from "./blobs/access.js";
import { projectBlobs } from "./blobs/projectBlobs.js";
import { Chain } from "./chain.js";
import { BatchFolder, batchFolder } from "./committee/batchFolder.js";
import type { BatchArchive } from "./committee/batchPlace.js";
import type { CommitteeClient } from "./committee/client.js";
import { committeeAccess, committeeClient } from "./committee/openAccess.js";
import { CommitteeUser } from "./committee/user.js";
import { selectChain } from "./config/selectChain.js";
import type { Account, ChainConfig, CommitteeConfig, L1Config } from "./config/types.js";
import { Console } from "./console/console.js";
import { Timeline } from "./console/timeline.js";
import { checkDeployment, readDeployment, type Deployment } from "./deployments.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";
import { loadProgram } from "./guests/program.js";
import { openSettlement, type Settlement } from "./l1/openSettlement.js";
import type { Program } from "./machines/machine.js";
import { requireSecrets, shownUrl } from "./networkSecrets.js";
import type { TransactionManagers } from "./l1/transactionManagers.js";
import { RollupNode } from "./node/node.js";

/** How often a network is asked before it is said not to answer, and milliseconds between. */
const REACHING_ATTEMPTS = 3;
const REACHING_PAUSE = 300;

/** The arguments that every command about a chain takes. */
export interface SessionArguments {
  /** `--chain`. */
  readonly chain: string | undefined;
  /** `--json`. */
  readonly json: boolean;
  /** `--from`: an index into the network's accounts or an address, in place of the role's account. */
  readonly from?: string;
}

/** The arguments that every command about a committee takes. */
export interface CommitteeArguments extends SessionArguments {
  /** `--committee`: one that the chain names; the only one if absent. */
  readonly committee: string | undefined;
}

/** One of a chain's committees. */
export interface OpenCommittee {
  readonly config: CommitteeConfig;
  readonly client: CommitteeClient;
  /** Deals with it by the account that acts. */
  readonly user: CommitteeUser;
}

/** What may act for a chain: the keys of `accounts`, and the sequencer. */
export type Role = keyof ChainConfig["accounts"] | "sequencer";

/** One run of a command: a chain of the project on the network that was chosen, and the command's output. */
export class Session {
  private opened: Promise<Settlement> | undefined;

  private constructor(
    public readonly config: ChainConfig,
    public readonly connection: NetworkConnection,
    public readonly out: Console,
    /** Where deployments are remembered. */
    public readonly deployments: string,
    public readonly timeline: Timeline,
    private readonly from: Account | undefined,
    /** Where else blobs are looked for. */
    private readonly beacons: readonly string[],
    /** How the settlement layer is reached, where something is said of it. */
    private readonly l1: L1Config | undefined,
  ) {}

  /**
   * Chooses the chain and makes sure that the network answers.
   * @throws {RollupError} If there is no such chain, or `NETWORK_UNREACHABLE`.
   */
  public static async open(hre: HardhatRuntimeEnvironment, { chain, json, from }: SessionArguments): Promise<Session> {
    const out = new Console(json);
    const config = selectChain(hre.config.rollup, chain);
    const connection = await hre.network.getOrCreate();
    await requireSecrets(connection);
    await requireReachable(connection);
    const { deployments, beacons, l1 } = hre.config.rollup;
    const settlement = l1[connection.networkName];
    const timeline = new Timeline(out);
    return new Session(config, connection, out, deployments, timeline, parseAccount(from), beacons, settlement);
  }

  /** True if the network ends with this process. */
  public get embedded(): boolean {
    return this.connection.networkConfig.type === "edr-simulated";
  }

  /** The chain's guest, built. */
  public program(): Promise<Program> {
    return this.out.during(`building guest ${this.config.guest.name}`, () => loadProgram(this.config));
  }

  /** What is remembered of the chain's deployment. @throws {RollupError} `DEPLOYMENT_MISSING`. */
  public deployment(): Promise<Deployment> {
    return readDeployment(this.deployments, this.connection.networkName, this.config.name);
  }

  /**
   * The network's settlement layer, by its configured endpoints if it has some.
   * @throws {RollupError} `ENDPOINTS_UNREACHABLE`, `ENDPOINTS_DIFFER`.
   */
  public settlement(): Promise<Settlement> {
    this.opened ??= openSettlement(this.connection, this.l1, this.timeline.party("L1")).catch((error: unknown) => {
      // Whoever is patient asks again.
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /**
   * The chain as it was deployed on this network.
   * @throws {RollupError} `DEPLOYMENT_MISSING`, `DEPLOYMENT_STALE`, or `EMBEDDED_NETWORK` where a deployment cannot be found
   * because the embedded network begins anew with every command.
   * @param archive Where certified batches are kept and looked for first; the project's archive if absent.
   * @param transactions Who sends for accounts that are managed.
   */
  public async chain(
    archive: BatchArchive = new BatchFolder(batchFolder(this.deployments)),
    transactions?: TransactionManagers,
  ): Promise<Chain> {
    try {
      const { provider, reading } = await this.settlement();
      const deployment = await readDeployment(this.deployments, this.connection.networkName, this.config.name);
      const blobs = await this.blobs();
      await checkDeployment(deployment, provider);
      const committee = await committeeAccess(deployment, this.config, provider, archive);
      return await Chain.connect(deployment, provider, blobs, committee, { reading, transactions });
    } catch (error) {
      if (!this.embedded || !(error instanceof RollupError)) throw error;
      throw new RollupError(
        "EMBEDDED_NETWORK",
        "The embedded network begins anew with every command, so that nothing is deployed on it.",
        { do: "npx hardhat node in one terminal, and --network localhost in another" },
        error,
      );
    }
  }

  /** The network's blobs, as all processes of the project share them. */
  public blobs(): Promise<BlobAccess> {
    return projectBlobs(this.connection, this.deployments, this.beacons);
  }

  /**
   * A node on the deployed chain that has read and executed what is on L1.
   * @param party Under whose name its doings are printed.
   * @param archive As `chain` takes it.
   * @throws {RollupError} As `chain`, and `GUEST_MISMATCH` if the guest is not what was deployed.
   */
  public async node(party: string, archive?: BatchArchive): Promise<RollupNode> {
    const chain = await this.chain(archive);
    const node = new RollupNode(chain, await this.program(), this.timeline.party(party));
    await this.out.during("executing the chain", () => node.sync());
    return node;
  }

  /**
   * One of the chain's committees.
   * @param name The only one that the chain names if absent.
   * @throws {RollupError} As `chain`, and `COMMITTEE_UNKNOWN`, `COMMITTEE_MISSING`.
   */
  public async committee(name: string | undefined): Promise<OpenCommittee> {
    const { deployment, provider } = await this.chain();
    const client = await committeeClient(deployment, this.config, provider, name);
    const config = this.config.committees.find((one) => deployment.committees[one.name] === client.committee.address)!;
    const { provider: raw } = this.connection.ethers;
    const user = new CommitteeUser(client.committee, await this.signer("user"), raw, this.timeline.party("user"));
    return { config, client, user };
  }

  /**
   * The account that acts in a role: `--from`, else the chain's.
   * @throws {RollupError} `ACCOUNT_MISSING` if the network has no such account.
   */
  public signer(role: Role): Promise<HardhatEthersSigner> {
    return signerOf(this.connection, this.accountOf(role));
  }

  private accountOf(role: Role): Account {
    if (this.from !== undefined) return this.from;
    return role === "sequencer" ? this.config.sequencer : this.config.accounts[role];
  }
}

function parseAccount(text: string | undefined): Account | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Hex;
  throw new RollupError("ARGUMENT_INVALID", "--from names no account.", {
    given: text,
    expected: "an index into the network's accounts, or an address",
  });
}

/** One answer that is lost is no reason to give up. */
async function askPatiently(connection: NetworkConnection): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.provider.request({ method: "eth_chainId" });
      return;
    } catch (error) {
      if (attempt === REACHING_ATTEMPTS) throw error;
      await sleep(REACHING_PAUSE);
    }
  }
}

async function requireReachable(connection: NetworkConnection): Promise<void> {
  try {
    await askPatiently(connection);
  } catch (error) {
    throw new RollupError(
      "NETWORK_UNREACHABLE",
      `Network "${connection.networkName}" does not answer.`,
      {
        url: connection.networkConfig.type === "http" ? await shownUrl(connection.networkConfig) : undefined,
        do: "start it (npx hardhat node), or choose another with --network",
      },
      error as Error,
    );
  }
}
