import { ZERO_WORD } from "../hex.js";
import type { Input } from "../input.js";
import type { Machine, Program, Snapshot } from "../machines/machine.js";
import { RollupError } from "../errors.js";
import { HttpError, Status } from "../http/httpError.js";
import type { Executor } from "../node/executor.js";
import type { Answer } from "./guestView.js";

/** The most steps that a question may take. */
export const QUERY_STEPS = 2 ** 24;
const NOBODY = `0x${"00".repeat(20)}` as const;

/** Asks a copy of the machine at the chain's head. What it answers is forgotten by the machine, whatever the guest does. */
export class HeadView {
  private readonly machine: Machine;
  private logs: Uint8Array[] = [];
  private snapshot: Snapshot | undefined;
  private count = 0n;

  public constructor(
    program: Program,
    private readonly executor: Pick<Executor, "headSnapshot" | "inputCount">,
    private readonly steps: number = QUERY_STEPS,
  ) {
    this.machine = program.start({ log: ({ data }) => this.logs.push(data) });
  }

  /** How many inputs the machine that was asked last had taken. */
  public get inputs(): bigint {
    return this.count;
  }

  /**
   * @param budget The most steps that it may take.
   * @throws {HttpError} `NOT_EXECUTED` if the machine is still brought to the head.
   */
  public ask(data: Uint8Array, budget: number = this.steps): Answer {
    const { machine } = this;
    machine.restore(this.head());
    this.logs = [];
    machine.deliver(questionOf(data, this.count, BigInt(budget)));
    const steps = 1 + machine.run(budget + 1);
    return { outcome: machine.outcome ?? "out-of-budget", logs: this.logs, steps: BigInt(steps) };
  }

  private head(): Snapshot {
    const head = this.executor.headSnapshot;
    if (head === undefined) {
      throw new HttpError(Status.NotYet, "NOT_EXECUTED", "This node has not executed the chain to its head yet.");
    }
    if (head !== this.snapshot) this.count = this.executor.inputCount;
    this.snapshot = head;
    return head;
  }
}

function questionOf(data: Uint8Array, number: bigint, budget: bigint): Input {
  return {
    header: {
      previous: ZERO_WORD,
      kind: "message",
      sender: NOBODY,
      source: NOBODY,
      commitment: ZERO_WORD,
      length: BigInt(data.length),
      budget,
      number,
      timestamp: 0n,
      blockNumber: 0n,
    },
    data,
    proveWord: () => {
      throw new RollupError("QUERY_NOT_PROVABLE", "A query is no input of the chain.");
    },
  };
}
