import { queryInput } from "../guests/query.js";
import type { Machine, Program, Snapshot } from "../machines/machine.js";
import type { Answer } from "./guestView.js";

/** The machine at the end of a chain. */
export interface Head {
  readonly snapshot: Snapshot;
  /** How many inputs it has taken. */
  readonly inputs: bigint;
}

/** A copy of the machine at a chain's head that is asked one thing after the other, and forgets each. */
export class HeadCopy {
  private readonly machine: Machine;
  private logs: Uint8Array[] = [];
  private left = 0;
  private taken = 0;

  public constructor(program: Program) {
    this.machine = program.start({ log: ({ data }) => this.logs.push(data) });
  }

  /** Takes the bytes as a message. @param budget The most steps that it may take. */
  public begin({ snapshot, inputs }: Head, data: Uint8Array, budget: number): void {
    this.machine.restore(snapshot);
    this.logs = [];
    this.machine.deliver(queryInput(data, inputs, BigInt(budget)));
    this.taken = 1;
    this.left = budget + 1;
  }

  /** How many it has taken of what it was asked last. */
  public get steps(): number {
    return this.taken;
  }

  /** Goes on for at most so many steps, and fewer if they take longer than so many milliseconds. Gives the answer once there is one. */
  public goOn(steps: number, milliseconds?: number): Answer | undefined {
    const { machine } = this;
    const count = machine.run(Math.min(steps, this.left), milliseconds);
    this.taken += count;
    this.left -= count;
    if (!machine.waiting && this.left > 0) return undefined;
    return { outcome: machine.outcome ?? "out-of-budget", logs: this.logs, steps: BigInt(this.taken) };
  }
}
