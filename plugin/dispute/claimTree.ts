import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { UndoLog } from "../node/undoLog.js";
import { claimId, deadlineOf, type Claim, type ClaimStatus, type Clock } from "./claim.js";

/** A claim with all that its events tell. */
export interface ClaimNode {
  readonly id: Hex;
  readonly claim: Claim;
  readonly author: Hex;
  /** In seconds. */
  readonly createdAt: bigint;
  /** Until when it may be answered, in seconds. */
  readonly deadline: bigint;
  /** What the side that may answer it had used of its bank on this branch. */
  readonly spent: bigint;
  /** The states at indices 1 to `2^width`; undefined where what was posted is missing. */
  readonly elements: readonly Hex[] | undefined;
  /** Why they are not known. */
  readonly missing: RollupError | undefined;
  /** What it is against, undefined at level 1. */
  readonly opponent: ClaimNode | undefined;
  /** The claims against it. */
  readonly answers: readonly ClaimNode[];
  readonly status: ClaimStatus;
}

/** A claim as it was made. */
export interface MadeClaim {
  readonly claim: Claim;
  readonly author: Hex;
  readonly createdAt: bigint;
  readonly elements: readonly Hex[] | undefined;
  /** Why they are not known. */
  readonly missing?: RollupError;
}

type MutableNode = ClaimNode & { answers: ClaimNode[]; status: ClaimStatus };

/** The claims of a chain, rebuilt from its events: the twin of what `ClaimTree` stores and of what was supplied to it. */
export class ClaimTree {
  private readonly nodes = new Map<Hex, MutableNode>();
  private readonly firstLevel = new Map<Hex, ClaimNode[]>();

  /** @param undo Takes how to take changes back. */
  public constructor(
    private readonly clock: Clock,
    private readonly undo?: UndoLog,
  ) {}

  /** Adds a claim; what it is against must be there. Gives its node. */
  public add(made: MadeClaim): ClaimNode {
    const id = claimId(made.claim);
    const opponent = made.claim.level === 1 ? undefined : this.get(made.claim.opponent);
    const spent = this.spentBefore(opponent);
    const deadline = deadlineOf(this.clock, made.createdAt, spent);
    const { missing } = made;
    const node: MutableNode = { ...made, missing, id, opponent, spent, deadline, answers: [], status: "open" };
    this.nodes.set(id, node);
    const siblings = opponent?.answers ?? this.against(made.claim.assertion);
    (siblings as ClaimNode[]).push(node);
    if (opponent === undefined) this.firstLevel.set(made.claim.assertion, siblings as ClaimNode[]);
    this.undo?.remember(() => {
      (siblings as ClaimNode[]).pop();
      this.nodes.delete(id);
    });
    return node;
  }

  public setStatus(id: Hex, status: ClaimStatus): void {
    const node = this.get(id) as MutableNode;
    const before = node.status;
    node.status = status;
    this.undo?.remember(() => (node.status = before));
  }

  /** What was missing is found. */
  public setElements(id: Hex, elements: readonly Hex[]): void {
    Object.assign(this.get(id), { elements, missing: undefined });
  }

  /** @throws {RollupError} `CLAIM_UNKNOWN`. */
  public get(id: Hex): ClaimNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new RollupError("CLAIM_UNKNOWN", "There is no such claim.", { given: id });
    return node;
  }

  public has(id: Hex): boolean {
    return this.nodes.has(id);
  }

  /** The claims at level 1 against an assertion, in the order in which they were made. */
  public against(assertion: Hex): readonly ClaimNode[] {
    return this.firstLevel.get(assertion) ?? [];
  }

  /** All claims, in the order in which they were made. */
  public all(): ClaimNode[] {
    return [...this.nodes.values()];
  }

  /** What the side that may answer a claim against `opponent` has used: until it made `opponent`, on this branch. */
  private spentBefore(opponent: ClaimNode | undefined): bigint {
    const before = opponent?.opponent;
    if (opponent === undefined || before === undefined) return 0n;
    const spent = before.spent + opponent.createdAt - before.createdAt;
    return spent < this.clock.bank ? spent : this.clock.bank;
  }
}

/** The state at `index` of a claim's history, from 0. @throws {RollupError} If what it posted is missing. */
export function stateAt(node: ClaimNode, index: number): Hex {
  return index === 0 ? node.claim.start : elementsOf(node)[index - 1];
}

/** The states at indices 1 to `2^width` of a claim's history. @throws {RollupError} If what it posted is missing. */
export function elementsOf({ id, elements, missing }: ClaimNode): readonly Hex[] {
  if (elements !== undefined) return elements;
  throw missing ?? new RollupError("HISTORY_UNREADABLE", "The states of a claim are not known.", { claim: id });
}

/** How many claims against this one are undecided. */
export function pendingAnswers(node: ClaimNode): number {
  return node.answers.filter((answer) => answer.status === "open").length;
}

/** From a claim upwards to the one at level 1. */
export function branchOf(node: ClaimNode): ClaimNode[] {
  const branch: ClaimNode[] = [];
  for (let at: ClaimNode | undefined = node; at !== undefined; at = at.opponent) branch.push(at);
  return branch;
}
