import { HttpError, Status } from "../http/httpError.js";
import type { Program } from "../machines/machine.js";
import { yieldToEvents } from "../node/slices.js";
import type { Answer } from "./guestView.js";
import { HeadCopy, type Head } from "./headCopy.js";

/** What a node does for those who ask its guest. Times in milliseconds. */
export interface QueryLimits {
  /** The most steps that a query may take. */
  readonly steps: number;
  /** How many may wait for others. */
  readonly waiting: number;
  /** How long one may wait. */
  readonly wait: number;
  /** How long one may take, with what the node does meanwhile. */
  readonly time: number;
}

export const QUERY_LIMITS: QueryLimits = { steps: 2 ** 24, waiting: 64, wait: 5_000, time: 5_000 };

/** After so many steps, or milliseconds where steps are long, everything else has its turn: an answer to a claim must not wait for a query. */
const STEPS_PER_TURN = 2 ** 18;
const MILLISECONDS_PER_TURN = 5;

/** An answer, and what it was computed from. */
export interface AnswerAtHead extends Answer {
  /** How many inputs the machine had taken. */
  readonly inputs: bigint;
}

/** Executes what users ask the guest: one query after the other, each in turns with all else that the process does. */
export class UserQueries {
  private copy: HeadCopy | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  public constructor(
    private readonly program: Program,
    private readonly head: () => Head,
    private readonly limits: QueryLimits,
  ) {}

  /** @throws {HttpError} `QUERY_BUSY`, `QUERY_TOO_LONG`, and what `head` throws. */
  public ask(data: Uint8Array, budget = this.limits.steps): Promise<AnswerAtHead> {
    if (this.waiting >= this.limits.waiting) throw busy({ waiting: this.waiting });
    this.waiting += 1;
    const asked = performance.now();
    const answer = this.last.then(() => {
      this.waiting -= 1;
      const waited = performance.now() - asked;
      if (waited > this.limits.wait) throw busy({ waitedMs: Math.round(waited) });
      return this.execute(data, Math.min(budget, this.limits.steps));
    });
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private async execute(data: Uint8Array, budget: number): Promise<AnswerAtHead> {
    const head = this.head();
    const copy = (this.copy ??= new HeadCopy(this.program));
    const begun = performance.now();
    copy.begin(head, data, budget);
    for (;;) {
      const answer = copy.goOn(STEPS_PER_TURN, MILLISECONDS_PER_TURN);
      if (answer !== undefined) return { ...answer, inputs: head.inputs };
      if (performance.now() - begun > this.limits.time) throw tooLong(copy.steps, this.limits.time);
      await yieldToEvents();
    }
  }
}

function busy(facts: Readonly<Record<string, unknown>>): HttpError {
  return new HttpError(Status.NotYet, "QUERY_BUSY", "This node has more queries than it can answer for now.", {
    ...facts,
    do: "ask again later",
  });
}

function tooLong(steps: number, time: number): HttpError {
  return new HttpError(
    Status.Unprocessable,
    "QUERY_TOO_LONG",
    "The query takes longer than this node goes on with one.",
    {
      steps,
      milliseconds: time,
      do: "ask for less, or give fewer steps",
    },
  );
}
