import { keccak256 } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import type { MachineState, Program, Snapshot } from "../../plugin/machines/machine.js";
import { hashMachineState } from "../../plugin/machines/state.js";

/** What a party says of an assertion's work: the machine at every position. */
export interface Trace {
  stateAt(position: bigint): MachineState;
  hashAt(position: bigint): Hex;
  /** The machine after the last input. */
  readonly end: MachineState;
}

/** The truth: executes the inputs of one assertion and remembers every step. */
export class TrueTrace implements Trace {
  /** Where the next assertion's inputs begin. */
  public readonly after: Snapshot;
  private readonly states: MachineState[][] = [];
  private readonly witnesses: Uint8Array[][] = [];

  /** @param before The machine before the first of `inputs`; at its start if absent. */
  public constructor(
    program: Program,
    inputs: readonly Input[],
    private readonly stepBits: number,
    before?: Snapshot,
  ) {
    const machine = program.start();
    if (before !== undefined) machine.restore(before);
    for (const input of inputs) {
      const [states, witnesses] = [[machine.state()], [machine.witness(input)]];
      machine.deliver(input);
      for (;;) {
        states.push(machine.state());
        witnesses.push(machine.witness());
        if (machine.run(1) === 0) break;
      }
      this.states.push(states);
      this.witnesses.push(witnesses);
    }
    this.end = machine.state();
    this.after = machine.snapshot();
  }

  public readonly end: MachineState;

  /** How many steps input `index` takes, counted from the assertion's first. */
  public steps(index: number): number {
    return this.states[index].length - 1;
  }

  public stateAt(position: bigint): MachineState {
    return this.look(this.states, position) ?? this.end;
  }

  public hashAt(position: bigint): Hex {
    return hashMachineState(this.stateAt(position));
  }

  /** What the step from `position` to the next touches. */
  public witnessAt(position: bigint): Uint8Array {
    return this.look(this.witnesses, position) ?? new Uint8Array();
  }

  private look<T>(lists: readonly T[][], position: bigint): T | undefined {
    const list = lists[Number(position >> BigInt(this.stepBits))];
    if (list === undefined) return undefined;
    const step = position & ((1n << BigInt(this.stepBits)) - 1n);
    return list[Number(step < BigInt(list.length) ? step : BigInt(list.length - 1))];
  }
}

/** A lie: the truth before `from`, and other states from there on. */
export class FalseTrace implements Trace {
  /** @param salt Two lies with different salts have no false state in common. */
  public constructor(
    public readonly truth: Trace,
    public readonly from: bigint,
    private readonly salt = "lie",
  ) {}

  public get end(): MachineState {
    return this.falsify(this.truth.end);
  }

  public stateAt(position: bigint): MachineState {
    const state = this.truth.stateAt(position);
    return position < this.from ? state : this.falsify(state);
  }

  public hashAt(position: bigint): Hex {
    return hashMachineState(this.stateAt(position));
  }

  private falsify(state: MachineState): MachineState {
    return { ...state, core: keccak256(new TextEncoder().encode(state.core + this.salt)) as Hex };
  }
}
