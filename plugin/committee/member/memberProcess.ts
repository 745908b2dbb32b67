import { setTimeout } from "node:timers/promises";

import type { FastifyInstance } from "fastify";

import { RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";
import { listen } from "../../http/httpServer.js";
import type { RollupNode } from "../../node/node.js";
import type { BatchArchive } from "../batchPlace.js";
import type { CommitteeView } from "../committee.js";
import { BatchStore } from "./batchStore.js";
import { MemberDatabase } from "./database.js";
import { Member, MEMBER_LIMITS, type MemberKey, type MemberLimits } from "./member.js";
import { memberServer, SERVER_LIMITS, type MemberServerLimits } from "./server.js";
import { SigningLog } from "./signingLog.js";

export interface RunningMemberOptions {
  readonly address: Hex;
  readonly key: MemberKey;
  readonly committee: CommitteeView;
  /** The member's file; `:memory:` forgets what was signed when the process ends, which is good for nothing but tests. */
  readonly database: string;
  /** Makes the member's nodes of the chains that it serves. @param own Its own batches: what they derive from first, and where they keep what others gave. */
  readonly nodes: (own: BatchArchive) => Promise<readonly RollupNode[]>;
  /** 127.0.0.1 if absent. */
  readonly host?: string;
  /** A free one if absent or 0. */
  readonly port?: number;
  readonly limits?: Partial<MemberLimits>;
  readonly serverLimits?: Partial<MemberServerLimits>;
}

/** A member that listens. */
export class RunningMember {
  private closing = false;

  private constructor(
    public readonly member: Member,
    public readonly address: Hex,
    /** Without a slash at its end. */
    public readonly url: string,
    private readonly server: FastifyInstance,
    private readonly database: MemberDatabase,
  ) {}

  /**
   * Opens the member's file and listens.
   * @throws {RollupError} As `MemberDatabase.open`, and `ADDRESS_IN_USE`, `ADDRESS_UNUSABLE`.
   */
  public static async start(options: RunningMemberOptions): Promise<RunningMember> {
    const { address, committee, key } = options;
    const { chainId } = committee.identity;
    const owner = {
      chainId,
      genesisBlock: await genesisBlock(committee),
      committee: committee.address,
      member: address,
    };
    const database = MemberDatabase.open(options.database, owner);
    try {
      const store = new BatchStore(database);
      const nodes = await options.nodes(store);
      const limits = { ...MEMBER_LIMITS, ...options.limits };
      const log = new SigningLog(database);
      const member = new Member({ address, key, committee, nodes, log, store, limits });
      const server = await memberServer(member, { ...SERVER_LIMITS, ...options.serverLimits });
      const url = await listen(server, options.host ?? "127.0.0.1", options.port ?? 0);
      return new RunningMember(member, address, url, server, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Keeps up with L1 until it is closed, so that requests find the chain executed. */
  public async run(pollSeconds: number, signal?: AbortSignal): Promise<void> {
    while (!this.closing && !signal?.aborted) {
      await this.member.keepUp().catch(() => undefined);
      await setTimeout(pollSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Stops listening at once and gives the file free. */
  public async close(): Promise<void> {
    this.closing = true;
    await this.server.close();
    await this.member.close();
    this.database.close();
  }
}

async function genesisBlock({ provider }: CommitteeView): Promise<Hex> {
  const hash = (await provider.getBlock(0))?.hash;
  if (hash) return hash as Hex;
  throw new RollupError("NO_GENESIS_BLOCK", "The network does not give its block 0, by which it is recognized.");
}
