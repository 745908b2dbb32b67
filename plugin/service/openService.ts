import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { FastifyInstance } from "fastify";

import type { SqliteFile } from "../database/sqliteFile.js";
import type { BatchArchive } from "../committee/batchPlace.js";
import type { Hex } from "../hex.js";
import { listen } from "../http/httpServer.js";
import { pointReached } from "../l1/killPoints.js";
import type { Session } from "../session.js";
import { JournalTable } from "./database/journalTable.js";
import { openNodeDatabase, type NodeDatabaseOwner, type SetAside } from "./database/nodeDatabase.js";
import { manageAccounts } from "./manageAccounts.js";
import type { NodeConfig, NodeRole } from "./nodeConfig.js";
import { NodeService, type ServiceEvent } from "./nodeService.js";
import { nodeServer } from "./server/nodeServer.js";
import { removeAddress, serviceFiles, writeAddress, type ServiceFiles } from "./serviceFiles.js";
import { SmallHeap } from "./smallHeap.js";

/** What a command says of the node that it runs. */
export interface ServiceRequest {
  readonly roles: readonly NodeRole[];
  readonly config: NodeConfig;
  /** The node's file; the project's if absent. */
  readonly database: string | undefined;
  /** Where certified batches are; the project's archive if absent. */
  readonly archive?: BatchArchive;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly onSetAside: (aside: SetAside) => void;
}

/** A node with its server and its file. */
export class OpenService {
  private readonly heap = new SmallHeap();

  private constructor(
    public readonly service: NodeService,
    public readonly url: string,
    public readonly database: string,
    private readonly server: FastifyInstance,
    private readonly files: ServiceFiles,
  ) {}

  /**
   * Opens the file of a session's chain, takes its accounts over, and listens.
   * @throws {RollupError} As `openNodeDatabase`, `Session.chain`, `ADDRESS_IN_USE`, `ADDRESS_UNUSABLE`, `ACCOUNT_MISSING`,
   * `ACCOUNT_KEY_MISSING`.
   */
  public static async open(session: Session, request: ServiceRequest): Promise<OpenService> {
    const { config: chainConfig, connection, deployments } = session;
    const files = serviceFiles(deployments, connection.networkName, chainConfig.name);
    const database = request.database ?? files.database;
    await mkdir(dirname(database), { recursive: true, mode: 0o700 });
    const program = await session.program();
    const owner = await ownerOf(session, program.hash);
    const file = openNodeDatabase(database, owner, request.onSetAside);
    pointReached("service.opened");
    try {
      const service = await createService(session, file, request);
      const server = await nodeServer(service);
      const url = await listen(server, request.config.host, request.config.port);
      pointReached("service.listening");
      await writeAddress(files, url);
      return new OpenService(service, url, database, server, files);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Takes nothing any more, ends what is under way and closes the file. */
  public async close(): Promise<void> {
    await this.server.close();
    await this.service.stop();
    await removeAddress(this.files);
    this.heap.release();
  }
}

async function createService(session: Session, file: SqliteFile, request: ServiceRequest): Promise<NodeService> {
  const { roles, config, onEvent } = request;
  const signers: Partial<Record<NodeRole, HardhatEthersSigner>> = {};
  for (const role of roles) signers[role] = await session.signer(role);
  const accounts: Partial<Record<NodeRole, Hex>> = {};
  for (const role of roles) accounts[role] = signers[role]!.address.toLowerCase() as Hex;
  const tell = (event: ServiceEvent["event"]): void => onEvent({ party: "accounts", event });
  const managers = await manageAccounts(session, new JournalTable(file), accounts, config, tell);
  try {
    const chain = await session.chain(request.archive, managers);
    const program = await session.program();
    return await NodeService.create({ chain, program, file, roles, signers, managers, config, onEvent });
  } catch (error) {
    await managers.close();
    throw error;
  }
}

async function ownerOf(session: Session, program: Hex): Promise<NodeDatabaseOwner> {
  const { chainId, genesisBlock, addresses } = await session.deployment();
  return { chainId: BigInt(chainId), genesisBlock, rollup: addresses.rollup, program };
}
