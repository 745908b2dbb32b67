import { setTimeout } from "node:timers/promises";

import type { Interface } from "ethers";

import type { Chain } from "../chain.js";
import { historyOf, type History } from "../dispute/history.js";
import { ClaimTree } from "../dispute/claimTree.js";
import { checkProgram } from "../deployments.js";
import type { Program } from "../machines/machine.js";
import type { Hex } from "../hex.js";
import { batchReaders } from "../sources/batchReaders.js";
import { AssertionTree } from "./assertions.js";
import { Derivation } from "./derive.js";
import { EventReader, isReorganized, type ChainEvent, type ReadBlock } from "./eventReader.js";
import type { OnEvent } from "./events.js";
import { Executor, ignoreAbandoned } from "./executor.js";
import { InputsAhead, type PrepareInput } from "./inputsAhead.js";
import { MemoryStore } from "./memoryStore.js";
import type { NodeStore } from "./nodeStore.js";
import { Preimages } from "./preimages.js";
import { RollupEvents } from "./rollupEvents.js";
import { Truth } from "./truth.js";
import { UndoLog } from "./undoLog.js";
import type { View } from "./view.js";

/** What follows from events alone, and is not in the store. */
interface Trees {
  readonly reader: EventReader;
  readonly undo: UndoLog;
  readonly assertions: AssertionTree;
  readonly claims: ClaimTree;
  readonly rollupEvents: RollupEvents;
  /** Begins anew with every reorganization: of the same assertions, others are true then. */
  truth: Truth;
}

/** How a node keeps what it knows. */
export interface NodeOptions {
  /** What it knows already, and where it keeps what it learns; memory if absent. */
  readonly store?: NodeStore;
  /** How long `sync` waits for executions, in milliseconds, which go on after that; until they are done if absent. */
  readonly patience?: number;
  /** What is done with inputs before they are executed, while others are. */
  readonly prepare?: PrepareInput;
}

/**
 * One party's view of a chain: everything is derived from L1 events and executed. Roles (`Sequencer`, `Validator`,
 * `Challenger`, `User`) act on it with an account each.
 */
export class RollupNode {
  /** How this chain's claims commit to states. */
  public readonly history: History;
  public readonly derivation: Derivation;
  public readonly executor: Executor;
  private readonly store: NodeStore;
  private readonly patience: number | undefined;
  private readonly ahead: InputsAhead;
  private trees: Trees;
  private loaded = false;
  private told: string | undefined;
  private reading: Promise<void> = Promise.resolve();
  private executing: Promise<void> | undefined;

  /**
   * A node on a chain. Nothing is read before `sync`.
   * @throws {RollupError} `GUEST_MISMATCH` if the chain was deployed with another program.
   */
  public constructor(
    public readonly chain: Chain,
    public readonly program: Program,
    public readonly onEvent: OnEvent = () => undefined,
    { store = new MemoryStore(), patience, prepare = async () => undefined }: NodeOptions = {},
  ) {
    checkProgram(chain.deployment, program.hash);
    this.history = historyOf(chain.deployment.history, chain.blobs?.store);
    this.store = store;
    this.patience = patience;
    this.derivation = new Derivation(batchReaders(chain), store.inputs);
    this.ahead = new InputsAhead(this.derivation, prepare);
    const preimages = new Preimages(chain.contracts.preimages, store.preimages);
    this.executor = new Executor(program, chain.parameters.stepBits, preimages, "whole", store.executions);
    this.trees = this.plant();
  }

  public get assertions(): AssertionTree {
    return this.trees.assertions;
  }

  public get claims(): ClaimTree {
    return this.trees.claims;
  }

  /** The honest view: what the machine computes. */
  public get truth(): View {
    return this.trees.truth;
  }

  /** The block of the settlement layer up to which it has read; the one before the first if it has not. */
  public get lastBlock(): number {
    return this.trees.reader.lastBlock;
  }

  /**
   * Reads what is new on the settlement layer and executes new inputs. After a reorganization it goes back to the last block that is still
   * there, or starts anew if none is that it remembers. One at a time: who asks while another still reads waits for that first.
   */
  public async sync(): Promise<void> {
    const read = this.reading.catch(() => undefined).then(() => this.readAlone());
    this.reading = read;
    await read;
    await this.execute();
  }

  /** Looks again for the states of undecided claims that were missing when they were read. */
  public findMissing(): Promise<void> {
    return this.trees.rollupEvents.findMissing();
  }

  /** Forgets what nobody can ask for any more, since the inputs before it are confirmed, if its store does. */
  public prune(): void {
    this.store.prune(Number(this.assertions.confirmed.end));
  }

  /** Waits until no execution goes on. */
  public async idle(): Promise<void> {
    await this.reading.catch(() => undefined);
    await this.executing?.catch(() => undefined);
  }

  private async readAlone(): Promise<void> {
    if (!this.loaded) await this.replant();
    this.loaded = true;
    try {
      await this.read();
    } catch (error) {
      if (!isReorganized(error)) throw error;
      await this.goBack();
      await this.read();
    }
  }

  /** Takes back what came after the last block that is still there. */
  private async goBack(): Promise<void> {
    const { reader } = this.trees;
    const from = reader.lastBlock;
    try {
      const to = await reader.rollBack();
      if (to === undefined) return;
      this.takeBack(to);
      this.onEvent({ type: "reorganized", from, to });
    } catch (error) {
      if (!isReorganized(error)) throw error;
      await this.beginAnew();
      this.onEvent({ type: "reorganized", from, to: this.trees.reader.lastBlock });
    }
  }

  private async beginAnew(): Promise<void> {
    this.forgetAfter(this.chain.fromBlock - 1, []);
    await this.replant();
  }

  private takeBack(block: number): void {
    const { undo, reader } = this.trees;
    this.forgetAfter(block, reader.remembered);
    undo.rollBack(block);
    this.trees.truth = new Truth(this.executor);
  }

  private forgetAfter(block: number, remembered: readonly ReadBlock[]): void {
    const { store, derivation, executor } = this;
    this.ahead.forget();
    store.commit(() => {
      derivation.rollBack(block);
      executor.truncate(BigInt(derivation.known));
      store.events.rollBack(block);
      store.preimages.rollBack(block);
      store.blocks.replace(remembered);
    });
  }

  /** Reads up to the head, in pieces: of what is read already inputs are executed meanwhile. */
  private async read(): Promise<void> {
    for (;;) {
      await this.takeEvents();
      await this.derivation.readBatches();
      this.tellMissing(this.derivation);
      if (!this.trees.reader.isBehind) return;
      // What fails is told to who waits for it: it fails again.
      this.executeBehind().catch(() => undefined);
    }
  }

  /** Takes the next piece of events, all or none: a provider that lied may tell the truth when it is asked again. */
  private async takeEvents(): Promise<void> {
    const { reader, undo, rollupEvents } = this.trees;
    const before = reader.lastBlock;
    const events = await reader.readPiece();
    if (reader.lastBlock === before) return;
    try {
      const ofRollup = this.keep(events, reader.remembered);
      for (const event of ofRollup) {
        undo.begin(event.block);
        await rollupEvents.take(event);
      }
    } catch (error) {
      reader.rewind(before);
      this.takeBack(before);
      throw error;
    }
    undo.forget(reader.finalBlock);
  }

  /** Has the store keep what was read, and that it was read, as one. Gives the rollup's events. */
  private keep(events: readonly ChainEvent[], remembered: readonly ReadBlock[]): ChainEvent[] {
    const { store, derivation } = this;
    const isOfInbox = ({ address }: ChainEvent): boolean => address === this.chain.addresses.inbox;
    const ofRollup = events.filter((event) => !isOfInbox(event));
    store.commit(() => {
      for (const event of events.filter(isOfInbox)) derivation.take(event);
      for (const event of ofRollup) store.events.append(event);
      store.blocks.replace(remembered);
    });
    return ofRollup;
  }

  /** Executes what is known. One execution at a time, which takes up what is read meanwhile. */
  private async execute(): Promise<void> {
    const executing = this.executeBehind();
    if (this.patience === undefined) return executing;
    // What fails after that is told to who asks next: it fails again.
    executing.catch(() => undefined);
    const waiting = new AbortController();
    const timeout = setTimeout(this.patience, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([executing, timeout]);
    waiting.abort();
  }

  private executeBehind(): Promise<void> {
    this.executing ??= this.executeAll().finally(() => (this.executing = undefined));
    return this.executing;
  }

  private async executeAll(): Promise<void> {
    const { executor, derivation } = this;
    const before = { inputs: executor.inputCount, steps: executor.steps };
    await executor.resume().catch(ignoreAbandoned);
    while (executor.inputCount < BigInt(derivation.known)) {
      await this.ahead.ready(Number(executor.inputCount));
      // Others may have been taken back meanwhile.
      if (executor.inputCount >= BigInt(derivation.known)) continue;
      await executor.append([derivation.input(Number(executor.inputCount))]).catch(ignoreAbandoned);
    }
    const inputs = executor.inputCount - before.inputs;
    if (inputs > 0n) this.onEvent({ type: "executed", inputs, steps: executor.steps - before.steps });
  }

  /** An input whose bytes are missing is told once; the chain is known up to it, and it is looked for at every `sync`. */
  private tellMissing({ known, missing }: Derivation): void {
    const told = missing === undefined ? undefined : `${known} ${missing.message}`;
    if (missing !== undefined && told !== this.told) {
      this.onEvent({ type: "missing", input: BigInt(known), reason: missing.message });
    }
    this.told = told;
  }

  /** Makes the trees of all events that are in the store. */
  private async replant(): Promise<void> {
    this.trees = this.plant();
    for (const event of this.store.events.all()) {
      this.trees.undo.begin(event.block);
      await this.trees.rollupEvents.take(event);
    }
  }

  private plant(): Trees {
    const { provider, contracts, addresses, fromBlock, parameters } = this.chain;
    const interfaces = new Map<Hex, Interface>([
      [addresses.inbox, contracts.inbox.interface],
      [addresses.rollup, contracts.rollup.interface],
    ]);
    const undo = new UndoLog();
    const assertions = new AssertionTree(undo);
    const claims = new ClaimTree(parameters, undo);
    return {
      reader: new EventReader(provider, interfaces, fromBlock, this.chain.reading, this.store.blocks.all()),
      undo,
      assertions,
      claims,
      rollupEvents: new RollupEvents(assertions, claims, this.history, undo),
      truth: new Truth(this.executor),
    };
  }
}
