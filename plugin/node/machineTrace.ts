import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { hashInputHeader, ProofNeeded, type Input } from "../input.js";
import type { Machine, MachineState, Snapshot } from "../machines/machine.js";
import { executeInput } from "./executeInput.js";
import { runSlice, STEPS_PER_SLICE, yieldToEvents } from "./slices.js";
import type { StepProof, Trace } from "./trace.js";

/**
 * Snapshots that are kept of a history, however many states it has: each holds the pages that changed since the one before, and 4,096 of
 * a guest that writes all over its memory would be more than there is. What lies between two is executed again when it is asked for.
 */
const CHECKPOINTS = 16;

const NO_INPUT: Hex = `0x${"00".repeat(32)}`;

/** A lie: the step at `position` is falsified, and the machine goes on from there by its own rules. */
export interface Tamper {
  readonly position: bigint;
  /** Takes the place of the step: calls `step` to execute it truly and alters the machine before or after it. */
  apply(machine: Machine, step: () => void): void;
}

/** The machine as it was at a position. */
interface Checkpoint {
  readonly position: bigint;
  readonly snapshot: Snapshot;
}

/** What a trace is made of. */
export interface TraceParts {
  /** The trace's own: nobody else may use it. */
  readonly machine: Machine;
  readonly stepBits: number;
  /** Of the assertion's windows, in order; windows past them are idle. */
  readonly inputs: readonly Input[];
  /** Where to begin if the machine before window 0 is not among the boundaries: some earlier machine, and the inputs between. */
  readonly origin?: { readonly snapshot: Snapshot; readonly inputs: readonly Input[] };
  /** The machine before window 0, 1, ..., where it is at hand; those past a tampered position are not used. */
  readonly boundaries: readonly (Snapshot | undefined)[];
  readonly tamper?: Tamper;
  /** The most steps that an input may take; a lie may have turned a loop into an endless one. As many as there are, if absent. */
  readonly maxSteps?: bigint;
}

/**
 * A trace that is executed where it is asked for, ascending positions in one run forward. It keeps snapshots among the positions that it
 * was asked for, so that each level of a dispute executes a small part of the level above. Idle positions cost nothing,
 * however many.
 */
export class MachineTrace implements Trace {
  /** Ascending by position. */
  private readonly checkpoints: Checkpoint[] = [];
  private readonly hashes = new Map<bigint, Hex>();
  private readonly mask: bigint;
  private readonly bits: bigint;
  private readonly sliceSteps: bigint;
  /** Where the machine is, if its state there is this trace's. */
  private current: bigint | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private begun = false;

  public constructor(private readonly parts: TraceParts) {
    this.bits = BigInt(parts.stepBits);
    this.mask = (1n << this.bits) - 1n;
    const { maxSteps } = parts;
    this.sliceSteps = maxSteps !== undefined && maxSteps < STEPS_PER_SLICE ? maxSteps + 1n : BigInt(STEPS_PER_SLICE);
    const limit = parts.tamper?.position ?? this.end;
    parts.boundaries.forEach((snapshot, window) => {
      const position = BigInt(window) << this.bits;
      if (snapshot !== undefined && position <= limit) this.checkpoints.push({ position, snapshot });
    });
  }

  /** Brings the machine before window 0, if it was not at hand. */
  private async begin(): Promise<void> {
    const { machine, boundaries, origin } = this.parts;
    if (this.begun || boundaries[0] !== undefined || origin === undefined) return;
    this.current = undefined;
    machine.restore(origin.snapshot);
    for (const input of origin.inputs) await executeInput(machine, input, "whole");
    this.checkpoints.unshift({ position: 0n, snapshot: machine.snapshot() });
    this.begun = true;
  }

  public async stateHashes(positions: readonly bigint[]): Promise<Hex[]> {
    const ascending = positions.filter((position) => !this.hashes.has(position)).sort(compare);
    const every = Math.ceil(ascending.length / CHECKPOINTS);
    await this.alone(async () => {
      for (const [at, position] of ascending.entries()) {
        await this.moveTo(position);
        if ((at + 1) % every === 0) this.remember(position);
        this.hashes.set(position, this.parts.machine.stateHash());
      }
    });
    return positions.map((position) => this.hashes.get(position)!);
  }

  public state(position: bigint): Promise<MachineState> {
    return this.alone(async () => {
      await this.moveTo(position);
      this.remember(position);
      return this.parts.machine.state();
    });
  }

  /** The true step from this trace's state at `position`; where the trace is tampered with, `after` is not its next state. */
  public proveStep(position: bigint): Promise<StepProof> {
    return this.alone(async () => {
      const { machine } = this.parts;
      await this.moveTo(position);
      this.remember(position);
      const input = this.inputAt(position);
      const next = this.deliversAt(position) ? input : undefined;
      const before = machine.state();
      const witness = await this.witness(next);
      const description = machine.describe(next);
      this.current = undefined;
      await this.execute(position, position + 1n);
      const inputHash = input === undefined ? NO_INPUT : hashInputHeader(input.header);
      const context = { program: machine.program.hash, inputHash, step: position & this.mask };
      return { context, before, after: machine.state(), witness, header: input?.header, description };
    });
  }

  /** The next step's witness, with the proofs that it needs. */
  private async witness(next: Input | undefined): Promise<Uint8Array> {
    for (;;) {
      try {
        return this.parts.machine.witness(next);
      } catch (error) {
        if (!(error instanceof ProofNeeded)) throw error;
        await error.prepare();
      }
    }
  }

  /** How many steps the input of a window takes, delivery included. */
  public stepsIn(window: number): Promise<bigint> {
    return this.alone(async () => {
      const start = BigInt(window) << this.bits;
      await this.moveTo(start);
      this.remember(start);
      this.current = undefined;
      return (await this.execute(start, start + this.mask + 1n)) - start;
    });
  }

  /** The position after the last window that has an input: all states from here on are the same unless tampered with. */
  private get end(): bigint {
    return BigInt(this.parts.inputs.length) << this.bits;
  }

  private inputAt(position: bigint): Input | undefined {
    const window = position >> this.bits;
    return window < BigInt(this.parts.inputs.length) ? this.parts.inputs[Number(window)] : undefined;
  }

  private deliversAt(position: bigint): boolean {
    return this.parts.machine.waiting && (position & this.mask) === 0n && this.inputAt(position) !== undefined;
  }

  /** Brings the machine to its state at `position`. */
  private async moveTo(position: bigint): Promise<void> {
    const from = this.goBack(position);
    this.current = undefined;
    const tamper = this.parts.tamper;
    if (tamper !== undefined && from <= tamper.position && tamper.position < position) {
      await this.execute(from, tamper.position);
      tamper.apply(this.parts.machine, () => this.stepAt(tamper.position));
      await this.execute(tamper.position + 1n, position);
    } else {
      await this.execute(from, position);
    }
    this.current = position;
  }

  /** Brings the machine to the last position at or before `position` from which it can go on: that where it is, or a checkpoint. */
  private goBack(position: bigint): bigint {
    const { position: from, snapshot } = this.checkpoints[this.nearest(position)];
    if (this.current !== undefined && from <= this.current && this.current <= position) return this.current;
    this.parts.machine.restore(snapshot);
    return from;
  }

  /** Keeps the machine as it is, at `position`. */
  private remember(position: bigint): void {
    const nearest = this.nearest(position);
    if (this.checkpoints[nearest].position === position) return;
    this.checkpoints.splice(nearest + 1, 0, { position, snapshot: this.parts.machine.snapshot() });
  }

  /** Executes the one step at a position. */
  private stepAt(position: bigint): void {
    if (this.deliversAt(position)) this.parts.machine.deliver(this.inputAt(position)!);
    else this.parts.machine.run(1);
  }

  /** Executes from one position to another; gives the position from which on the machine waited within the last window. */
  private async execute(from: bigint, to: bigint): Promise<bigint> {
    const { machine } = this.parts;
    let position = from;
    let busyUntil = from;
    while (position < to) {
      if (this.deliversAt(position)) {
        machine.deliver(this.inputAt(position)!);
        busyUntil = position += 1n;
      } else if (machine.waiting) {
        const windowEnd = ((position >> this.bits) + 1n) << this.bits;
        position = position < this.end && windowEnd < to ? windowEnd : to;
      } else {
        const left = to - position;
        const slice = left < this.sliceSteps ? Number(left) : Number(this.sliceSteps);
        busyUntil = position += BigInt(runSlice(machine, slice));
        this.checkSteps(position & this.mask);
        if (position < to && !machine.waiting) await yieldToEvents();
      }
    }
    return busyUntil;
  }

  /** @throws {RollupError} `TOO_MANY_STEPS`. */
  private checkSteps(step: bigint): void {
    const { maxSteps, machine } = this.parts;
    if (maxSteps === undefined || step <= maxSteps || machine.waiting) return;
    throw new RollupError("TOO_MANY_STEPS", "An input takes more steps than it may.", {
      given: step,
      expected: maxSteps,
    });
  }

  /** Index of the last checkpoint at or before `position`. */
  private nearest(position: bigint): number {
    let low = 0;
    let high = this.checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.checkpoints[middle].position <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Runs one piece of work at a time, since all share the machine. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => this.begin()).then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
