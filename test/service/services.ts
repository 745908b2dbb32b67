import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { FastifyInstance } from "fastify";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { blobAccess } from "../../plugin/blobs/access.js";
import { Chain } from "../../plugin/chain.js";
import { resolveNode } from "../../plugin/config/node.js";
import type { ChainUserConfig } from "../../plugin/config/types.js";
import {
  encodeLedgerTransaction,
  signLedgerTransaction,
  type LedgerPaymentAction,
  type LedgerDomain,
} from "../../plugin/guests/ledger.js";
import type { SqliteFile } from "../../plugin/database/sqliteFile.js";
import type { Hex } from "../../plugin/hex.js";
import { listen } from "../../plugin/http/httpServer.js";
import { openSettlement } from "../../plugin/l1/openSettlement.js";
import type { TransactionManagers } from "../../plugin/l1/transactionManagers.js";
import type { Program } from "../../plugin/machines/machine.js";
import { JournalTable } from "../../plugin/service/database/journalTable.js";
import { openNodeDatabase } from "../../plugin/service/database/nodeDatabase.js";
import { NodeClient } from "../../plugin/service/nodeClient.js";
import type { NodeConfig, NodeRole } from "../../plugin/service/nodeConfig.js";
import { manageAccounts } from "../../plugin/service/manageAccounts.js";
import { NodeService, type ServiceEvent } from "../../plugin/service/nodeService.js";
import { nodeServer } from "../../plugin/service/server/nodeServer.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram } from "../helpers/chains.js";
import { temporaryFile } from "./database/files.js";

export const ETHER = 10n ** 18n;

/** Of a chain whose clocks tests can wait for. */
const CONFIG: ChainUserConfig = { history: "calldata", sources: ["calldata"], inputBits: 6, stepBits: 30 };
/** Of a node that does at once what it may. */
const AT_ONCE: Partial<NodeConfig> = { poll: 0.02, batchInterval: 0, assertInterval: 1, snapshotInterval: 0 };

/** A ledger's chain, with services that can be started, killed and asked. */
export class ServedChain {
  public readonly path = temporaryFile("node");
  public readonly events: ServiceEvent[] = [];
  private running: { service: NodeService; server: FastifyInstance; run: Promise<void> } | undefined;

  private constructor(
    public readonly connection: NetworkConnection,
    public readonly chain: TestChain,
    public readonly program: Program,
    public readonly domain: LedgerDomain,
  ) {}

  /** @param guest One that this package brings, or a program. */
  public static async deploy(guest: string | Program = "ledger", config: ChainUserConfig = {}): Promise<ServedChain> {
    const connection = await network.create();
    const program = typeof guest === "string" ? await guestProgram(guest) : guest;
    const chain = await connection.rollup.deploy({ ...CONFIG, ...config }, program);
    const { chainId } = await chain.chain.provider.getNetwork();
    return new ServedChain(connection, chain, program, { chainId, bridge: chain.chain.addresses.bridge });
  }

  /** Starts a service, on the file of the one before. @param managed Whether its transactions are journaled, as a node's in a process of its own. */
  public async start(
    roles: readonly NodeRole[] = ["sequencer", "asserter", "challenger"],
    config: Partial<NodeConfig> = {},
    managed = false,
  ): Promise<NodeClient> {
    const { program } = this;
    const { deployment } = this.chain.chain;
    const { chainId, genesisBlock, addresses } = deployment;
    const owner = { chainId: BigInt(chainId), genesisBlock, rollup: addresses.rollup, program: program.hash };
    const file = openNodeDatabase(this.path, owner, () => undefined);
    const [sequencer, asserter, challenger] = await this.connection.ethers.getSigners();
    const managers = managed ? await this.manage(file, sequencer) : undefined;
    const settlement = { transactions: managers };
    const chain = managed
      ? await Chain.connect(deployment, this.chain.chain.provider, undefined, undefined, settlement)
      : this.chain.chain;
    const service = await NodeService.create({
      ...{ chain, program, file, roles, signers: { sequencer, asserter, challenger }, managers },
      config: { ...resolveNode({}, "/"), ...AT_ONCE, requestsPerMinute: 1e6, ...config },
      source: "calldata",
      onEvent: (event) => this.events.push(event),
    });
    const server = await nodeServer(service);
    const url = await listen(server, "127.0.0.1", 0);
    const run = service.run();
    run.catch(() => undefined);
    this.running = { service, server, run };
    return new NodeClient(url);
  }

  private manage(file: SqliteFile, sequencer: HardhatEthersSigner): Promise<TransactionManagers> {
    const { connection, chain } = this;
    const session = {
      connection,
      deployment: () => Promise.resolve(chain.chain.deployment),
      settlement: () => openSettlement(connection, undefined),
      blobs: () => Promise.resolve(blobAccess(connection)),
    };
    const config = resolveNode({ poll: 1 }, "/");
    const accounts = { sequencer: sequencer.address.toLowerCase() as Hex };
    return manageAccounts(session, new JournalTable(file), accounts, config, () => undefined);
  }

  public get service(): NodeService {
    return this.running!.service;
  }

  /** Why it ended by itself. */
  public get ended(): Promise<void> {
    return this.running!.run;
  }

  public async stop(): Promise<void> {
    await this.running?.server.close();
    await this.running?.service.stop();
    this.running = undefined;
  }

  /** A user's transaction, signed. */
  public async sign(
    signer: HardhatEthersSigner,
    action: LedgerPaymentAction,
    to: string,
    amount: bigint,
    nonce: number | bigint,
  ): Promise<Uint8Array> {
    const transaction = { action, to: to.toLowerCase() as Hex, amount, nonce: BigInt(nonce) };
    return encodeLedgerTransaction(await signLedgerTransaction(signer, this.domain, transaction));
  }

  /** Money on the chain for somebody. */
  public async deposit(signer: HardhatEthersSigner, amount: bigint): Promise<void> {
    await (await this.chain.user(signer)).deposit(amount);
  }
}

/** Waits until something is so; a busy machine gets all the time that the test has. */
export async function until(isSo: () => unknown): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
