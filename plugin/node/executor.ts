import type { Hex } from "../hex.js";
import type { Input } from "../input.js";
import type {
  GuestLog,
  InputOutcome,
  Machine,
  MachineHost,
  MachineState,
  Program,
  Snapshot,
} from "../machines/machine.js";
import { RollupError } from "../errors.js";
import { PreimageNeeded, type Preimages } from "./preimages.js";
import { MachineTrace, type Tamper } from "./machineTrace.js";
import { runSlice, STEPS_PER_SLICE, yieldToEvents } from "./slices.js";

/** Traces that are kept, those that were not asked for lately forgotten first: each has a machine and snapshots of its own. */
const TRACES_KEPT = 32;

/** How one input was executed. */
export interface ExecutedInput {
  readonly number: bigint;
  /** Steps it took, delivery included. */
  readonly steps: bigint;
  readonly outcome: InputOutcome;
  readonly logs: readonly GuestLog[];
}

/** The machine between two inputs. */
export interface Boundary {
  readonly state: MachineState;
  readonly hash: Hex;
  readonly snapshot: Snapshot;
}

/** Executes a chain's inputs in order, and keeps what is needed to go back to any of their steps. */
export class Executor {
  private readonly machine: Machine;
  private readonly inputs: Input[] = [];
  private readonly done: ExecutedInput[] = [];
  private readonly boundaries: Boundary[] = [];
  private readonly traces = new Map<string, MachineTrace>();
  private logs: GuestLog[] = [];
  private total = 0n;

  /**
   * @param stepBits The chain's `B`.
   * @param engine "steps" executes by the machine's steps alone, as disputes do; "whole" takes whole inputs on V8 where the machine can. They
   * agree on everything.
   */
  public constructor(
    public readonly program: Program,
    public readonly stepBits: number,
    private readonly preimages?: Preimages,
    private readonly engine: "whole" | "steps" = "whole",
  ) {
    this.machine = program.start({ ...this.host(), log: (log) => this.logs.push(log) });
    this.boundaries.push(this.capture());
  }

  /** How many inputs were executed. */
  public get inputCount(): bigint {
    return BigInt(this.done.length);
  }

  /** Steps executed so far, deliveries included. */
  public get steps(): bigint {
    return this.total;
  }

  /**
   * Executes more inputs.
   * @throws {RollupError} `INPUT_OUT_OF_ORDER` if their numbers do not follow.
   */
  public async append(inputs: readonly Input[]): Promise<void> {
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

  /** Goes back to where only the first `count` inputs are executed; what depends on blocks that came later is forgotten. */
  public truncate(count: bigint): void {
    if (count < this.inputCount) {
      const length = Number(count);
      this.total -= this.done.splice(length).reduce((steps, input) => steps + input.steps, 0n);
      this.inputs.splice(length);
      this.boundaries.splice(length + 1);
    }
    for (const key of this.traces.keys()) if (BigInt(key.split("-")[1]) > count) this.traces.delete(key);
    this.preimages?.forget();
  }

  /** How each input ended. */
  public executed(): readonly ExecutedInput[] {
    return this.done;
  }

  /** The input that was executed as `number`. */
  public input(number: bigint): Input {
    return this.inputs[Number(number)];
  }

  /** The machine after all inputs before `end`, undefined if they are not executed yet. */
  public boundary(end: bigint): Boundary | undefined {
    return this.boundaries[Number(end)];
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
    return new MachineTrace({
      machine: this.program.start(this.host()),
      stepBits: this.stepBits,
      inputs: this.inputs.slice(Number(start), Number(end)),
      boundaries: this.boundaries.slice(Number(start), Number(end) + 1).map(({ snapshot }) => snapshot),
      tamper,
      maxSteps,
    });
  }

  private async execute(input: Input): Promise<void> {
    const steps = await this.handle(input);
    const outcome = this.machine.outcome;
    if (outcome === undefined) throw new RollupError("NO_OUTCOME", "A machine handled an input without an outcome.");
    this.total += steps;
    this.inputs.push(input);
    this.done.push({ number: input.header.number, steps, outcome, logs: this.logs });
    this.boundaries.push(this.capture());
  }

  /** Gives how many steps it took. */
  private async handle(input: Input): Promise<bigint> {
    this.machine.restore(this.boundaries[this.boundaries.length - 1].snapshot);
    this.logs = [];
    try {
      return await this.runInput(input);
    } catch (error) {
      if (!(error instanceof PreimageNeeded) || this.preimages === undefined) throw error;
      await this.preimages.lookUp(error.hash);
      return this.handle(input);
    }
  }

  private async runInput(input: Input): Promise<bigint> {
    this.machine.deliver(input);
    const whole = this.engine === "whole" ? await this.machine.runWholeInTurns?.(yieldToEvents) : undefined;
    let steps = 1n + BigInt(whole ?? 0);
    while (!this.machine.waiting) {
      steps += BigInt(runSlice(this.machine, STEPS_PER_SLICE));
      if (!this.machine.waiting) await yieldToEvents();
    }
    return steps;
  }

  private host(): MachineHost {
    const { preimages } = this;
    return preimages === undefined ? {} : { preimage: (hash, beforeBlock) => preimages.preimage(hash, beforeBlock) };
  }

  private capture(): Boundary {
    return { state: this.machine.state(), hash: this.machine.stateHash(), snapshot: this.machine.snapshot() };
  }
}
