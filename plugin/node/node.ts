import type { Chain } from "../chain.js";
import type { MachineState, Program } from "../machines/machine.js";
import type { Hex } from "../hex.js";
import type { ExecutedInput } from "./executor.js";
import type { OnEvent } from "./events.js";

/** The state of an assertion on L1. */
export type AssertionStatus = "pending" | "confirmed" | "rejected";

/** One assertion as its events tell it. */
export interface AssertionView {
  readonly id: Hex;
  readonly parent: Hex;
  readonly author: Hex;
  readonly state: MachineState;
  readonly stateHash: Hex;
  /** It covers the inputs `[start, end)`; a child of it will cover `[end, next)`. */
  readonly start: bigint;
  readonly end: bigint;
  readonly next: bigint;
  readonly createdAt: bigint;
  readonly status: AssertionStatus;
  /** What this node computed; undefined where the parent is false or the inputs are not executed. */
  readonly correct: boolean | undefined;
}

/** What `rollup:status` prints. */
export interface ChainStatus {
  readonly inputs: bigint;
  readonly pendingMessages: bigint;
  readonly executed: bigint;
  readonly steps: bigint;
  readonly confirmed: AssertionView;
  readonly assertions: readonly AssertionView[];
  /** Claims that are not decided, by assertion. */
  readonly openClaims: number;
}

/**
 * One party's view of a chain: everything derived from L1 events and executed. Roles (`Sequencer`, `Validator`,
 * `Challenger`) act on it with a signer.
 */
export interface RollupNode {
  readonly chain: Chain;
  readonly program: Program;
  /** Reads new blocks, derives their inputs, executes them. Call before acting. */
  sync(): Promise<ChainStatus>;
  /** How each executed input ended, and what it logged. */
  inputs(): readonly ExecutedInput[];
}

/**
 * Opens a node on a chain.
 * @throws {RollupError} `GUEST_MISMATCH` if the chain was deployed with another program.
 */
export type OpenNode = (chain: Chain, program: Program, onEvent?: OnEvent) => Promise<RollupNode>;
