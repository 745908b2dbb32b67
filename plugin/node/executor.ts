import type { Input } from "../input.js";
import type { GuestLog, InputOutcome, Machine, MachineHost, Program, Snapshot } from "../machines/machine.js";
import { RollupError } from "../errors.js";
import { PreimageNeeded, type Preimages } from "./preimages.js";
import { MachineTrace, type Tamper } from "./machineTrace.js";
import { executeInput } from "./executeInput.js";
import { MemoryExecutions } from "./memoryStore.js";
import type { Boundary, ExecutionLog, KeptSnapshot } from "./nodeStore.js";

/** Traces that are kept, those that were not asked for lately forgotten first: each has a machine and snapshots of its own. */
const TRACES_KEPT = 32;

/** How one input was executed. */
export interface ExecutedInput {
  readonly number: bigint;
  /** Steps it took, delivery included. */
  readonly steps: bigint;
  readonly outcome: InputOutcome;
  readonly logs: readonly GuestLog[];
  /** Whether it asked for a preimage: then what it did follows from L1's blocks before its own, and not from the inbox alone. */
  readonly asksPreimages: boolean;
}

/** What was executed counts for nothing any more: the settlement layer has replaced inputs meanwhile. */
export class AbandonedError extends RollupError {
  public constructor() {
    super("EXECUTION_ABANDONED", "The inputs that were executed have been replaced.");
  }
}

/** Executes a chain's inputs in order, and keeps what is needed to go back to any of their steps. */
export class Executor {
  private machine: Machine;
  /** The machine is that before input `end`, unless an input is being handled. */
  private head: KeptSnapshot;
  private readonly genesis: Boundary;
  private readonly traces = new Map<string, MachineTrace>();
  private logs: GuestLog[] = [];
  private asksPreimages = false;
  private generation = 0;

  /**
   * @param stepBits The chain's `B`.
   * @param engine "steps" executes by the machine's steps alone, as disputes do; "whole" takes whole inputs on V8 where the machine can. They
   * agree on everything.
   * @param log What was executed before, and where what is executed is kept.
   */
  public constructor(
    public readonly program: Program,
    public readonly stepBits: number,
    private readonly preimages?: Preimages,
    private readonly engine: "whole" | "steps" = "whole",
    private readonly log: ExecutionLog = new MemoryExecutions(),
  ) {
    this.machine = this.start();
    this.genesis = this.capture();
    this.head = { end: 0, ...this.genesis };
  }

  /** How many inputs were executed. */
  public get inputCount(): bigint {
    return BigInt(this.log.count);
  }

  /** Of boundaries before this one nothing is known any more. */
  public get kept(): bigint {
    return BigInt(this.log.kept);
  }

  /** Steps executed so far, deliveries included. */
  public get steps(): bigint {
    return this.log.steps;
  }

  /**
   * Executes more inputs.
   * @throws {RollupError} `INPUT_OUT_OF_ORDER` if their numbers do not follow, `EXECUTION_DIFFERS` if what is remembered is not what the machine
   * computes. @throws {AbandonedError} If `truncate` was called meanwhile.
   */
  public async append(inputs: Iterable<Input>): Promise<void> {
    for (const input of inputs) {
      if (input.header.number !== this.inputCount) {
        throw new RollupError("INPUT_OUT_OF_ORDER", "Inputs are executed in their order.", {
          expected: this.inputCount,
          given: input.header.number,
        });
      }
      await this.execute(input);
    }
  }

  /** Brings the machine behind all that was executed, which it is not where that was remembered. @throws As `append`. */
  public async resume(): Promise<void> {
    const { generation } = this;
    const { count } = this.log;
    if (this.head.end > count) this.restore(this.nearest(count));
    else if (this.head.end < count) this.restore(this.latest(this.head, this.nearest(count)));
    while (this.head.end < count) {
      await this.attempt(this.log.input(this.head.end), generation);
      this.advance();
    }
    const remembered = count === 0 ? this.genesis : this.log.boundary(count);
    if (remembered?.hash === this.head.hash) return;
    throw new RollupError("EXECUTION_DIFFERS", "What is remembered of the chain is not what its program computes.", {
      given: remembered?.hash,
      expected: this.head.hash,
      inputs: count,
    });
  }

  /** Forgets all executions but the first `count`; one that goes on is abandoned. */
  public truncate(count: bigint): void {
    if (count >= this.inputCount) return;
    this.generation += 1;
    this.log.truncate(Number(count));
    this.traces.clear();
    // What still runs has the old one.
    this.machine = this.start();
    this.head = { end: 0, ...this.genesis };
  }

  /** The machine after all that was executed; undefined while it is brought there. */
  public get headSnapshot(): Snapshot | undefined {
    return this.head.end === this.log.count ? this.head.snapshot : undefined;
  }

  /** How each input ended that is remembered; for those who know that there are few. */
  public executed(): readonly ExecutedInput[] {
    const numbers = Array.from({ length: this.log.count }, (_, number) => number);
    return numbers.map((number) => this.log.executed(number)).filter((executed) => executed !== undefined);
  }

  /** How one input ended; undefined if it is not executed yet, or is forgotten. */
  public execution(number: bigint): ExecutedInput | undefined {
    return this.log.executed(Number(number));
  }

  /** The input that was executed as `number`. */
  public input(number: bigint): Input {
    return this.log.input(Number(number));
  }

  /** The machine after all inputs before `end`, undefined if they are not executed yet, or if that is forgotten. */
  public boundary(end: bigint): Boundary | undefined {
    if (end === 0n) return this.genesis;
    const boundary = this.log.boundary(Number(end));
    if (boundary === undefined) return undefined;
    const { log } = this;
    return {
      ...boundary,
      get snapshot(): Snapshot {
        const snapshot = log.atHand(Number(end));
        if (snapshot !== undefined) return snapshot;
        throw new RollupError("SNAPSHOT_DROPPED", "Of this boundary only the state is remembered.", { end });
      },
    };
  }

  /**
   * The true states over the inputs `[start, end)`. Kept, so that asking again finds the snapshots of last time.
   * @throws {RollupError} `NOT_EXECUTED` if some of them are not executed yet.
   */
  public trace(start: bigint, end: bigint): MachineTrace {
    const key = `${start}-${end}`;
    const trace = this.traces.get(key) ?? this.newTrace(start, end);
    this.traces.delete(key);
    this.traces.set(key, trace);
    if (this.traces.size > TRACES_KEPT) this.traces.delete(this.traces.keys().next().value ?? key);
    return trace;
  }

  /**
   * As `trace`, true up to a position and false after it: what a liar claims who executes honestly but for one step.
   * @param maxSteps Asking for states fails with `TOO_MANY_STEPS` if one of the inputs takes more.
   */
  public tamperedTrace(start: bigint, end: bigint, tamper: Tamper, maxSteps?: bigint): MachineTrace {
    return this.newTrace(start, end, tamper, maxSteps);
  }

  private newTrace(start: bigint, end: bigint, tamper?: Tamper, maxSteps?: bigint): MachineTrace {
    if (end > this.inputCount || start >= end) {
      throw new RollupError("NOT_EXECUTED", "These inputs are not executed.", {
        start,
        end,
        executed: this.inputCount,
      });
    }
    const [first, last] = [Number(start), Number(end)];
    const origin = this.nearest(first);
    return new MachineTrace({
      machine: this.program.start(this.host()),
      stepBits: this.stepBits,
      inputs: this.inputsBetween(first, last),
      origin: { snapshot: origin.snapshot, inputs: this.inputsBetween(origin.end, first) },
      boundaries: range(first, last + 1).map((at) => this.log.atHand(at)),
      tamper,
      maxSteps,
    });
  }

  private inputsBetween(first: number, last: number): Input[] {
    return range(first, last).map((number) => this.log.input(number));
  }

  /** The last machine at or before `end` that is kept. */
  private nearest(end: number): KeptSnapshot {
    return this.log.snapshot(end) ?? { end: 0, ...this.genesis };
  }

  private latest(a: KeptSnapshot, b: KeptSnapshot): KeptSnapshot {
    return b.end > a.end ? b : a;
  }

  private restore(to: KeptSnapshot): void {
    this.machine.restore(to.snapshot);
    this.head = to;
  }

  private async execute(input: Input): Promise<void> {
    const { generation } = this;
    if (this.head.end !== this.log.count) await this.resume();
    const steps = await this.attempt(input, generation);
    const outcome = this.machine.outcome;
    if (outcome === undefined) throw new RollupError("NO_OUTCOME", "A machine handled an input without an outcome.");
    const after = this.capture();
    const { logs, asksPreimages } = this;
    this.log.append(input, { number: input.header.number, steps, outcome, logs, asksPreimages }, after);
    this.head = { end: this.log.count, ...after };
  }

  /** An input that was executed before was executed again. */
  private advance(): void {
    this.head = { end: this.head.end + 1, ...this.capture() };
  }

  /** Gives how many steps an input takes, from the machine's head on. */
  private async attempt(input: Input, generation: number): Promise<bigint> {
    this.asksPreimages = false;
    const steps = await this.handle(input);
    if (generation !== this.generation) throw new AbandonedError();
    return steps;
  }

  private async handle(input: Input): Promise<bigint> {
    const { machine } = this;
    machine.restore(this.head.snapshot);
    this.logs = [];
    try {
      return await executeInput(machine, input, this.engine);
    } catch (error) {
      if (!(error instanceof PreimageNeeded) || this.preimages === undefined) throw error;
      await this.preimages.lookUp(error.hash);
      return this.machine === machine ? this.handle(input) : 0n;
    }
  }

  /** A machine at genesis, which reports to this executor for as long as it is its own. */
  private start(): Machine {
    const own: { machine?: Machine } = {};
    const log = (log: GuestLog): void => {
      if (own.machine === this.machine) this.logs.push(log);
    };
    const asks = (): void => {
      if (own.machine === this.machine) this.asksPreimages = true;
    };
    own.machine = this.program.start({ ...this.host(asks), log });
    return own.machine;
  }

  private host(onPreimage: () => void = () => undefined): MachineHost {
    const { preimages } = this;
    if (preimages === undefined) return {};
    return {
      preimage: (hash, beforeBlock) => {
        onPreimage();
        return preimages.preimage(hash, beforeBlock);
      },
    };
  }

  private capture(): Boundary {
    return { state: this.machine.state(), hash: this.machine.stateHash(), snapshot: this.machine.snapshot() };
  }
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** What was replaced while it was executed is executed as it is now. */
export function ignoreAbandoned(error: unknown): void {
  if (!(error instanceof AbandonedError)) throw error;
}
