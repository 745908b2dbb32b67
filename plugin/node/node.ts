import type { Interface } from "ethers";

import type { Chain } from "../chain.js";
import { historyOf, type History } from "../dispute/history.js";
import { ClaimTree } from "../dispute/claimTree.js";
import { checkProgram } from "../deployments.js";
import { RollupError } from "../errors.js";
import type { Program } from "../machines/machine.js";
import type { Hex } from "../hex.js";
import { batchReaders } from "../sources/batchReaders.js";
import { AssertionTree } from "./assertions.js";
import { Derivation } from "./derive.js";
import { EventReader } from "./eventReader.js";
import type { OnEvent } from "./events.js";
import { Executor } from "./executor.js";
import { Preimages } from "./preimages.js";
import { RollupEvents } from "./rollupEvents.js";
import { Truth } from "./truth.js";
import { UndoLog } from "./undoLog.js";
import type { View } from "./view.js";

/** What a node keeps of a chain. When the settlement layer replaces blocks it is taken back to the last that is still there. */
interface Known {
  readonly reader: EventReader;
  readonly undo: UndoLog;
  readonly derivation: Derivation;
  readonly executor: Executor;
  /** Begins anew with every reorganization: of the same assertions, others are true then. */
  truth: Truth;
  readonly assertions: AssertionTree;
  readonly claims: ClaimTree;
  readonly rollupEvents: RollupEvents;
}

/**
 * One party's view of a chain: everything is derived from L1 events and executed. Roles (`Sequencer`, `Validator`,
 * `Challenger`, `User`) act on it with an account each.
 */
export class RollupNode {
  /** How this chain's claims commit to states. */
  public readonly history: History;
  private known: Known;
  private told: string | undefined;
  private syncing: Promise<void> = Promise.resolve();

  /**
   * A node on a chain. Nothing is read before `sync`.
   * @throws {RollupError} `GUEST_MISMATCH` if the chain was deployed with another program.
   */
  public constructor(
    public readonly chain: Chain,
    public readonly program: Program,
    public readonly onEvent: OnEvent = () => undefined,
  ) {
    checkProgram(chain.deployment, program.hash);
    this.history = historyOf(chain.deployment.history, chain.blobs?.store);
    this.known = this.knowNothing();
  }

  public get derivation(): Derivation {
    return this.known.derivation;
  }

  public get executor(): Executor {
    return this.known.executor;
  }

  public get assertions(): AssertionTree {
    return this.known.assertions;
  }

  public get claims(): ClaimTree {
    return this.known.claims;
  }

  /** The honest view: what the machine computes. */
  public get truth(): View {
    return this.known.truth;
  }

  /**
   * Reads what is new on the settlement layer and executes new inputs. After a reorganization it goes back to the last block that is still
   * there, or starts anew if none is that it remembers. One at a time: who asks while another still executes waits for that first.
   */
  public sync(): Promise<void> {
    this.syncing = this.syncing.catch(() => undefined).then(() => this.syncAlone());
    return this.syncing;
  }

  private async syncAlone(): Promise<void> {
    try {
      await this.advance();
    } catch (error) {
      if (!isReorganized(error)) throw error;
      await this.goBack();
      await this.advance();
    }
  }

  /** Takes back what came after the last block that is still there. */
  private async goBack(): Promise<void> {
    const { reader } = this.known;
    const from = reader.lastBlock;
    try {
      const to = await reader.rollBack();
      if (to === undefined) return;
      this.takeBack(to);
      this.onEvent({ type: "reorganized", from, to });
    } catch (error) {
      if (!isReorganized(error)) throw error;
      this.known = this.knowNothing();
      this.onEvent({ type: "reorganized", from, to: this.known.reader.lastBlock });
    }
  }

  private takeBack(block: number): void {
    const { undo, derivation, executor } = this.known;
    undo.rollBack(block);
    executor.truncate(BigInt(derivation.inputs.length));
    this.known.truth = new Truth(executor);
  }

  /** Looks again for the states of undecided claims that were missing when they were read. */
  public findMissing(): Promise<void> {
    return this.known.rollupEvents.findMissing();
  }

  private async advance(): Promise<void> {
    const { derivation, executor } = this.known;
    await this.takeEvents();
    await derivation.readBatches();
    this.tellMissing(derivation);
    const before = { inputs: executor.inputCount, steps: executor.steps };
    await executor.append(derivation.inputs.slice(Number(before.inputs)));
    const inputs = executor.inputCount - before.inputs;
    if (inputs > 0n) this.onEvent({ type: "executed", inputs, steps: executor.steps - before.steps });
  }

  /** Takes the events since last time, all or none: a provider that lied may tell the truth when it is asked again. */
  private async takeEvents(): Promise<void> {
    const { reader, undo, derivation, rollupEvents } = this.known;
    const before = reader.lastBlock;
    const events = await reader.read();
    try {
      for (const event of events) {
        undo.begin(event.block);
        if (event.address === this.chain.addresses.inbox) derivation.take(event);
        else await rollupEvents.take(event);
      }
    } catch (error) {
      reader.rewind(before);
      this.takeBack(before);
      throw error;
    }
    undo.forget(reader.finalBlock);
  }

  /** An input whose bytes are missing is told once; the chain is known up to it, and it is looked for at every `sync`. */
  private tellMissing({ inputs, missing }: Derivation): void {
    const told = missing === undefined ? undefined : `${inputs.length} ${missing.message}`;
    if (missing !== undefined && told !== this.told) {
      this.onEvent({ type: "missing", input: BigInt(inputs.length), reason: missing.message });
    }
    this.told = told;
  }

  private knowNothing(): Known {
    const { provider, contracts, addresses, fromBlock, parameters } = this.chain;
    const interfaces = new Map<Hex, Interface>([
      [addresses.inbox, contracts.inbox.interface],
      [addresses.rollup, contracts.rollup.interface],
    ]);
    const undo = new UndoLog();
    const assertions = new AssertionTree(undo);
    const claims = new ClaimTree(parameters, undo);
    const executor = new Executor(this.program, parameters.stepBits, new Preimages(contracts.preimages));
    return {
      reader: new EventReader(provider, interfaces, fromBlock, this.chain.reading),
      undo,
      derivation: new Derivation(batchReaders(this.chain), undo),
      executor,
      truth: new Truth(executor),
      assertions,
      claims,
      rollupEvents: new RollupEvents(assertions, claims, this.history, undo),
    };
  }
}

function isReorganized(error: unknown): boolean {
  return error instanceof RollupError && error.code === "REORGANIZED";
}
