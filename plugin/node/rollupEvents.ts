import type { ClaimStatus } from "../dispute/claim.js";
import type { ClaimTree, MadeClaim } from "../dispute/claimTree.js";
import type { History, PostedHistory } from "../dispute/history.js";
import { RollupError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import { hashMachineState, machineStateOf } from "../machines/state.js";
import { ASSERTION_STATUSES, type AssertionTree } from "./assertions.js";
import type { ChainEvent } from "./eventReader.js";
import type { UndoLog } from "./undoLog.js";

const GENESIS_PARENT: Hex = `0x${"00".repeat(32)}`;

const CLAIM_EVENTS: Readonly<Record<string, ClaimStatus>> = {
  ClaimStands: "standing",
  ClaimCountered: "countered",
  ClaimRefuted: "refuted",
  ClaimReclaimed: "reclaimed",
};

/** Turns a rollup's events into the trees of assertions and claims. */
export class RollupEvents {
  /** What was posted with claims whose states are missing. */
  private readonly unseen = new Map<Hex, PostedHistory>();

  public constructor(
    private readonly assertions: AssertionTree,
    private readonly claims: ClaimTree,
    private readonly history: History,
    private readonly undo?: UndoLog,
  ) {}

  public async take(event: ChainEvent): Promise<void> {
    const { name, args } = event.description;
    if (name === "AssertionMade") this.takeAssertion(event);
    else if (name === "AssertionConfirmed") this.assertions.setStatus(args.id as Hex, "confirmed");
    else if (name === "AssertionRejected") this.assertions.setStatus(args.id as Hex, statusOf(args.status as bigint));
    else if (name === "ClaimMade") await this.takeClaim(event);
    else if (name in CLAIM_EVENTS) this.claims.setStatus(args.id as Hex, CLAIM_EVENTS[name]);
  }

  /** Looks again for the states of claims that were missing when they were read, as far as these are undecided. */
  public async findMissing(): Promise<void> {
    for (const [id, posted] of [...this.unseen]) {
      const open = this.claims.get(id).status === "open";
      const { elements } = open ? await this.decode(posted) : {};
      if (elements !== undefined) this.claims.setElements(id, elements);
      if (!open || elements !== undefined) this.unseen.delete(id);
    }
  }

  private takeAssertion({ description: { args }, timestamp }: ChainEvent): void {
    const state = machineStateOf(args.state);
    const parent = args.parent as Hex;
    this.assertions.add({
      id: args.id as Hex,
      parent: parent === GENESIS_PARENT ? undefined : parent,
      author: lower(args.author),
      attempt: args.attempt as bigint,
      state,
      stateHash: hashMachineState(state),
      first: args.first as bigint,
      end: args.end as bigint,
      next: args.next as bigint,
      createdAt: timestamp,
    });
  }

  private async takeClaim({ description: { args }, timestamp }: ChainEvent): Promise<void> {
    const given = args.claim as { readonly [name: string]: unknown };
    const claim = {
      assertion: given.assertion as Hex,
      opponent: given.opponent as Hex,
      level: Number(given.level),
      index: Number(given.index),
      position: given.position as bigint,
      start: given.start as Hex,
      history: given.history as Hex,
    };
    const data = hexToBytes(args.data as Hex);
    const posted = { start: claim.start, commitment: claim.history, data, timestamp };
    const read = await this.decode(posted);
    const { id } = this.claims.add({ claim, author: lower(args.author), createdAt: timestamp, ...read });
    if (read.elements === undefined) this.unseen.set(id, posted);
    this.undo?.remember(() => this.unseen.delete(id));
  }

  /** A party must go on with what it has, whatever keeps it from what others have posted. */
  private async decode(posted: PostedHistory): Promise<Pick<MadeClaim, "elements" | "missing">> {
    try {
      return { elements: await this.history.decode(posted) };
    } catch (error) {
      const { commitment } = posted;
      const missing = error instanceof RollupError ? error : unreadable(commitment, error as Error);
      return { elements: undefined, missing };
    }
  }
}

function unreadable(commitment: Hex, cause: Error): RollupError {
  const facts = { history: commitment, reason: cause.message };
  return new RollupError("HISTORY_UNREADABLE", "The states of a claim cannot be read.", facts, cause);
}

function statusOf(status: bigint): (typeof ASSERTION_STATUSES)[number] {
  return ASSERTION_STATUSES[Number(status)];
}

function lower(address: unknown): Hex {
  return String(address).toLowerCase() as Hex;
}
