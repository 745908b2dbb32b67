import { setTimeout } from "node:timers/promises";

import type { Signer } from "ethers";

import type { Chain } from "../chain.js";
import type { SqliteFile } from "../database/sqliteFile.js";
import type { Hex } from "../hex.js";
import { HttpError, Status } from "../http/httpError.js";
import type { Program } from "../machines/machine.js";
import type { AssertionNode } from "../node/assertions.js";
import { Challenger } from "../node/challenger.js";
import type { NodeEvent } from "../node/events.js";
import type { PrepareInput } from "../node/inputsAhead.js";
import { RollupNode } from "../node/node.js";
import type { SourceChoice } from "../node/postingPrices.js";
import { closeNodeDatabase } from "./database/nodeDatabase.js";
import { DatabaseStore } from "./database/databaseStore.js";
import { PayoutTable } from "./database/payoutTable.js";
import { SalvagedTable } from "./database/salvagedTable.js";
import { TransactionTable } from "./database/transactionTable.js";
import type { GuestView } from "./guestView.js";
import { HeadView } from "./headView.js";
import { LedgerView } from "./ledgerView.js";
import type { MemberBeside } from "./memberBeside.js";
import { Mempool, MEMPOOL_LIMITS, type MempoolLimits } from "./mempool.js";
import type { NodeConfig, NodeRole } from "./nodeConfig.js";
import { OPAQUE_VIEW } from "./opaqueView.js";
import { Payouts } from "./payouts.js";
import { Records } from "./records.js";
import { AsserterRole } from "./roles/asserterRole.js";
import { ChallengerRole } from "./roles/challengerRole.js";
import { RoleLoop, type LoopState } from "./roles/roleLoop.js";
import { SignersAhead } from "./signersAhead.js";
import { SpendingTally } from "./spendingTally.js";
import { SequencerRole } from "./roles/sequencerRole.js";

/** How long a role waits for executions before it goes on with what is executed, in milliseconds. */
const PATIENCE = 1_000;
/** How long a service that is stopped waits for what it has sent, in milliseconds. */
const LEAVE_AFTER = 10_000;

/** What a service tells while it runs. */
export type ServiceEvent = { readonly party: string; readonly event: NodeEvent };

/** Of accounts whose transactions are sent once, whoever is killed meanwhile. */
export interface Managers {
  of(account: Hex): { find(key: string): unknown } | undefined;
  close(): Promise<void>;
}

/** What a service is made of. */
export interface ServiceParts {
  readonly chain: Chain;
  readonly program: Program;
  /** The chain's file, which the service closes. */
  readonly file: SqliteFile;
  /** What it does besides. */
  readonly roles: readonly NodeRole[];
  /** Who acts in each role. */
  readonly signers: Readonly<Partial<Record<NodeRole, Signer>>>;
  readonly config: NodeConfig;
  /** Who sends for the accounts, as far as they are managed; the service closes them. */
  readonly managers?: Managers;
  readonly limits?: MempoolLimits;
  /** Where batches go; what is cheapest if absent. */
  readonly source?: SourceChoice;
  readonly onEvent?: (event: ServiceEvent) => void;
}

/** A node that runs until it is told to stop: derives and executes a chain, takes users' transactions, and acts in some roles. */
export class NodeService {
  public readonly node: RollupNode;
  public readonly view: GuestView;
  public readonly head: HeadView;
  public readonly mempool: Mempool;
  public readonly transactions: TransactionTable;
  public readonly payouts: Payouts;
  public readonly challenger: ChallengerRole | undefined;
  public readonly startedAt = Date.now();
  private readonly store: DatabaseStore;
  private readonly loops: RoleLoop[] = [];
  private running: Promise<void> | undefined;
  private beside: MemberBeside | undefined;
  private readonly spent = new SpendingTally();
  private readonly signers = new SignersAhead();
  private readonly stopping = new AbortController();

  private constructor(
    private readonly parts: ServiceParts,
    view: GuestView,
    /** Who acts for it. */
    public readonly accounts: ReadonlySet<Hex>,
  ) {
    const { chain, program, file, config } = parts;
    this.view = view;
    this.transactions = new TransactionTable(file);
    const payoutTable = new PayoutTable(file);
    const records = new Records(view, this.transactions, payoutTable);
    this.store = new DatabaseStore(file, chain, program, records, config.snapshotInterval * 1_000);
    const prepare: PrepareInput = async ({ data }) => this.signers.recover(view.signatures(data));
    const options = { store: this.store, patience: PATIENCE, prepare };
    this.node = new RollupNode(chain, program, this.party("node"), options);
    this.head = new HeadView(program, this.node.executor);
    const ask = this.head.ask.bind(this.head);
    this.mempool = new Mempool(this.transactions, view, ask, parts.limits ?? MEMPOOL_LIMITS);
    this.payouts = new Payouts(payoutTable, () => this.confirmed());
    records.tell({
      settled: (hashes) => this.mempool.settled(hashes),
      undone: (count) => this.mempool.load(count),
    });
    this.challenger = this.makeChallenger();
    this.makeLoops();
  }

  /** Reads what is in the file; nothing is read from the settlement layer before `run`. */
  public static async create(parts: ServiceParts): Promise<NodeService> {
    const { chainId } = await parts.chain.provider.getNetwork();
    const view = viewOf(parts.program, { chainId, bridge: parts.chain.addresses.bridge });
    const addresses = await Promise.all(Object.values(parts.signers).map((signer) => signer.getAddress()));
    const service = new NodeService(parts, view, new Set(addresses.map((address) => address.toLowerCase() as Hex)));
    new SalvagedTable(parts.file).handOver(view, service.transactions);
    service.mempool.load(Number(service.node.executor.inputCount));
    return service;
  }

  public get chain(): Chain {
    return this.parts.chain;
  }

  public get roles(): readonly NodeRole[] {
    return this.parts.roles;
  }

  public get config(): NodeConfig {
    return this.parts.config;
  }

  public get loopStates(): readonly LoopState[] {
    return this.loops;
  }

  /** The committee member that is served beside it. */
  public get member(): MemberBeside | undefined {
    return this.beside;
  }

  /** Serves a committee member in this process, too. It is closed by whoever opened it, before `stop`. */
  public accompany(member: MemberBeside): void {
    this.beside = member;
    this.addLoop("member", () => member.round());
  }

  /** Runs until `stop` is called. @throws What time does not help with. */
  public run(): Promise<void> {
    this.running ??= this.runAll();
    return this.running;
  }

  /** Ends after what is under way, and leaves the file as whoever opens it next wants it. */
  public async stop(): Promise<void> {
    this.stopping.abort();
    // What waits to be mined is in the journal: whoever opens it next goes on with it.
    await Promise.race([this.running?.catch(() => undefined), setTimeout(LEAVE_AFTER, undefined, { ref: false })]);
    await this.parts.managers?.close();
    await this.running?.catch(() => undefined);
    await this.node.idle();
    await this.signers.close();
    this.mempool.flush();
    this.store.executions.writeHead();
    closeNodeDatabase(this.parts.file);
  }

  /** What its transactions have taken of its accounts since it began, in wei. */
  public get fees(): bigint {
    return this.spent.fees;
  }

  private async runAll(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await Promise.all(this.loops.map((loop) => loop.run(signal)));
    } finally {
      // One that cannot go on ends the others.
      this.stopping.abort();
    }
  }

  private confirmed(): AssertionNode {
    const { assertions } = this.node;
    if (assertions.all().length > 0) return assertions.confirmed;
    throw new HttpError(
      Status.NotYet,
      "NOT_DERIVED",
      "This node has not read the chain from the settlement layer yet.",
    );
  }

  private async follow(): Promise<undefined> {
    const { node } = this;
    await node.sync();
    node.prune();
  }

  private makeChallenger(): ChallengerRole | undefined {
    const signer = this.signerOf("challenger");
    return signer && new ChallengerRole(new Challenger(this.node, signer, this.party("challenger")));
  }

  private makeLoops(): void {
    const { node, parts, transactions: table, mempool, view } = this;
    const { config, source } = parts;
    this.addLoop("node", () => this.follow());
    const { challenger } = this;
    if (challenger !== undefined) this.addLoop("challenger", () => challenger.round());
    const sequencer = this.signerOf("sequencer");
    if (sequencer !== undefined) {
      const onEvent = this.party("sequencer");
      const me = node.chain.parameters.sequencer;
      const isBegun = (key: string): boolean => parts.managers?.of(me)?.find(key) !== undefined;
      const signer = sequencer;
      const role = new SequencerRole({ node, signer, table, mempool, view, config, isBegun, source, onEvent });
      this.addLoop("sequencer", () => role.round());
    }
    const asserter = this.signerOf("asserter");
    if (asserter !== undefined) {
      const onEvent = this.party("asserter");
      const role = new AsserterRole({ node, signer: asserter, config, confirms: challenger === undefined, onEvent });
      this.addLoop("asserter", () => role.round());
    }
  }

  private addLoop(name: string, round: () => Promise<number | undefined>): void {
    const pause = this.parts.config.poll * 1_000;
    const onFailure = (party: string, error: Error): void => {
      const reason = error.message.split("\n")[0];
      this.parts.onEvent?.({
        party,
        event: { type: "hindered", text: "a round, which is tried again", reason },
      });
    };
    this.loops.push(new RoleLoop(name, round, { pause, onFailure }));
  }

  private signerOf(role: NodeRole): Signer | undefined {
    return this.parts.roles.includes(role) ? this.parts.signers[role] : undefined;
  }

  private party(name: string): (event: NodeEvent) => void {
    return (event) => {
      this.spent.take(event);
      this.parts.onEvent?.({ party: name, event });
    };
  }
}

/** How a program is understood: it is asked at genesis whether it is the ledger. */
function viewOf(program: Program, domain: ConstructorParameters<typeof LedgerView>[0]): GuestView {
  const genesis = { headSnapshot: program.start().snapshot(), inputCount: 0n };
  const head = new HeadView(program, genesis);
  return LedgerView.answers((data) => head.ask(data)) ? new LedgerView(domain) : OPAQUE_VIEW;
}
