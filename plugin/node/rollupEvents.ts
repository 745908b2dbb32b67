import type { ClaimStatus } from "../dispute/claim.js";
import type { ClaimTree } from "../dispute/claimTree.js";
import type { History } from "../dispute/history.js";
import { hexToBytes, type Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import { hashMachineState } from "../machines/state.js";
import { ASSERTION_STATUSES, type AssertionTree } from "./assertions.js";
import type { ChainEvent } from "./eventReader.js";

const GENESIS_PARENT: Hex = `0x${"00".repeat(32)}`;

const CLAIM_EVENTS: Readonly<Record<string, ClaimStatus>> = {
  ClaimStands: "standing",
  ClaimCountered: "countered",
  ClaimRefuted: "refuted",
  ClaimReclaimed: "reclaimed",
};

/** Turns a rollup's events into the trees of assertions and claims. */
export class RollupEvents {
  public constructor(
    private readonly assertions: AssertionTree,
    private readonly claims: ClaimTree,
    private readonly history: History,
  ) {}

  public take(event: ChainEvent): void {
    const { name, args } = event.description;
    if (name === "AssertionMade") this.takeAssertion(event);
    else if (name === "AssertionConfirmed") this.assertions.setStatus(args.id as Hex, "confirmed");
    else if (name === "AssertionRejected") this.assertions.setStatus(args.id as Hex, statusOf(args.status as bigint));
    else if (name === "ClaimMade") this.takeClaim(event);
    else if (name in CLAIM_EVENTS) this.claims.setStatus(args.id as Hex, CLAIM_EVENTS[name]);
  }

  private takeAssertion({ description: { args }, timestamp }: ChainEvent): void {
    const { core, checkpoint, outputRoot, inputCount, deadline } = args.state as MachineState;
    const state: MachineState = { core, checkpoint, outputRoot, inputCount, deadline };
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

  private takeClaim({ description: { args }, timestamp }: ChainEvent): void {
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
    const elements = this.history.decode(claim.start, hexToBytes(args.data as Hex));
    this.claims.add({ claim, author: lower(args.author), createdAt: timestamp, elements });
  }
}

function statusOf(status: bigint): (typeof ASSERTION_STATUSES)[number] {
  return ASSERTION_STATUSES[Number(status)];
}

function lower(address: unknown): Hex {
  return String(address).toLowerCase() as Hex;
}
