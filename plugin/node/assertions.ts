import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { UndoLog } from "./undoLog.js";

/** Twin of `AssertionStatus`. */
export const ASSERTION_STATUSES = ["none", "pending", "confirmed", "countered", "rejected"] as const;
export type AssertionStatus = (typeof ASSERTION_STATUSES)[number];

/** One assertion as its events tell it. */
export interface AssertionNode {
  readonly id: Hex;
  /** Undefined for genesis. */
  readonly parent: AssertionNode | undefined;
  readonly author: Hex;
  readonly attempt: bigint;
  readonly state: MachineState;
  readonly stateHash: Hex;
  /** It covers the inputs `[first, end)`; its children will cover `[end, next)`. */
  readonly first: bigint;
  readonly end: bigint;
  readonly next: bigint;
  /** In seconds. */
  readonly createdAt: bigint;
  readonly children: readonly AssertionNode[];
  readonly status: AssertionStatus;
}

type MutableNode = AssertionNode & { children: AssertionNode[]; status: AssertionStatus };

/** The tree of assertions, rebuilt from events. */
export class AssertionTree {
  private readonly nodes = new Map<Hex, MutableNode>();
  private latest: AssertionNode | undefined;

  /** @param undo Takes how to take changes back. */
  public constructor(private readonly undo?: UndoLog) {}

  /** Adds an assertion; its parent must be there, unless it is genesis. */
  public add(made: Omit<AssertionNode, "parent" | "children" | "status"> & { readonly parent: Hex | undefined }): void {
    const parent = made.parent === undefined ? undefined : (this.get(made.parent) as MutableNode);
    const node: MutableNode = { ...made, parent, children: [], status: "pending" };
    parent?.children.push(node);
    this.nodes.set(node.id, node);
    this.undo?.remember(() => {
      parent?.children.pop();
      this.nodes.delete(node.id);
    });
    if (parent === undefined) this.setStatus(node.id, "confirmed");
  }

  public setStatus(id: Hex, status: AssertionStatus): void {
    const node = this.get(id) as MutableNode;
    const { latest } = this;
    const before = node.status;
    node.status = status;
    if (status === "confirmed") this.latest = node;
    this.undo?.remember(() => {
      node.status = before;
      this.latest = latest;
    });
  }

  /** @throws {RollupError} `ASSERTION_UNKNOWN`. */
  public get(id: Hex): AssertionNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new RollupError("ASSERTION_UNKNOWN", "There is no such assertion.", { given: id });
    return node;
  }

  /** All assertions, in the order in which they were made. */
  public all(): AssertionNode[] {
    return [...this.nodes.values()];
  }

  /** The latest confirmed assertion; genesis at first. */
  public get confirmed(): AssertionNode {
    if (this.latest === undefined) throw new RollupError("NO_GENESIS", "The chain has no genesis assertion yet.");
    return this.latest;
  }
}

/** True if the assertion or something that it stands on can never be confirmed any more. */
export function isDead(node: AssertionNode, confirmed: AssertionNode): boolean {
  for (let at: AssertionNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.status === "confirmed") return at !== confirmed && at !== node;
    if (at.status !== "pending") return true;
  }
  return false;
}
