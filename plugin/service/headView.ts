import type { Program } from "../machines/machine.js";
import { HttpError, Status } from "../http/httpError.js";
import type { Executor } from "../node/executor.js";
import type { Answer } from "./guestView.js";
import { HeadCopy, type Head } from "./headCopy.js";
import { QUERY_LIMITS, UserQueries, type AnswerAtHead, type QueryLimits } from "./userQueries.js";

/** The most steps that a question of the node's own may take: nothing else has a turn before its end. */
const STEPS_AT_ONCE = 2 ** 20;

/** Asks copies of the machine at the chain's head. What one answers is forgotten, whatever the guest does. */
export class HeadView {
  private readonly own: HeadCopy;
  private readonly users: UserQueries;

  public constructor(
    program: Program,
    private readonly executor: Pick<Executor, "headSnapshot" | "inputCount">,
    limits: QueryLimits = QUERY_LIMITS,
  ) {
    this.own = new HeadCopy(program);
    this.users = new UserQueries(program, () => this.head(), limits);
  }

  /**
   * Asks what the node has to know, at once: of the ledger an account, which is some thousand steps.
   * @throws {HttpError} `NOT_EXECUTED` if the machine is still brought to the head.
   */
  public ask(data: Uint8Array): Answer {
    this.own.begin(this.head(), data, STEPS_AT_ONCE);
    return this.own.goOn(Infinity)!;
  }

  /**
   * Asks for a user, in turns with everything else.
   * @param budget The most steps that it may take.
   * @throws {HttpError} `NOT_EXECUTED`, `QUERY_BUSY`, `QUERY_TOO_LONG`.
   */
  public query(data: Uint8Array, budget?: number): Promise<AnswerAtHead> {
    return this.users.ask(data, budget);
  }

  private head(): Head {
    const { headSnapshot: snapshot, inputCount: inputs } = this.executor;
    if (snapshot !== undefined) return { snapshot, inputs };
    throw new HttpError(Status.NotYet, "NOT_EXECUTED", "This node has not executed the chain to its head yet.");
  }
}
