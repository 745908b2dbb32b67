import type { Hex } from "../hex.js";
import type { Input, InputHeader } from "../input.js";
import type { MachineState, Snapshot } from "../machines/machine.js";
import type { FoundBatch } from "../sources/batchReader.js";
import type { ChainEvent, ReadBlock } from "./eventReader.js";
import type { ExecutedInput } from "./executor.js";
import type { KnownPreimage } from "./preimages.js";

/** An L1 message that was queued. */
export interface QueuedMessage {
  /** Its place in the queue. */
  readonly message: bigint;
  readonly kind: bigint;
  readonly sender: Hex;
  readonly commitment: Hex;
  readonly data: Uint8Array;
  /** In seconds. */
  readonly queuedAt: bigint;
  /** Of the settlement layer, in which it was queued. */
  readonly block: number;
}

/** An input whose place is known, whether its bytes are or not. */
export interface KeptInput {
  readonly header: InputHeader;
  /** Of the header. */
  readonly hash: Hex;
  /** Of the settlement layer, in which it was appended. */
  readonly block: number;
  /** What is needed to find its bytes; undefined if they came with the event. */
  readonly posted: { readonly data: Uint8Array; readonly transaction: Hex } | undefined;
}

/** A chain's inputs and the messages that are or will be among them, in their orders. */
export interface InputLog {
  /** How many inputs there are. */
  readonly count: number;
  /** The bytes of so many of them are known, from the first on. */
  readonly known: number;
  /** How many messages were appended. */
  readonly appended: number;
  /** How many messages were queued. */
  readonly queued: number;
  append(input: KeptInput, batch: FoundBatch | undefined): void;
  /** The bytes of the first input of which they were not known. */
  fill(batch: FoundBatch): void;
  /** @throws {RollupError} `INPUT_DROPPED` if it was pruned. */
  get(number: number): KeptInput;
  /** One whose bytes are known. @throws {RollupError} `INPUT_DROPPED` if it was pruned. */
  input(number: number): Input;
  queue(message: QueuedMessage): void;
  /** The messages from one on. */
  messages(from: number): QueuedMessage[];
  /** Forgets what came in blocks after `block`. */
  rollBack(block: number): void;
}

/** The machine between two inputs, without its memory. */
export interface BoundaryState {
  readonly state: MachineState;
  readonly hash: Hex;
}

/** The machine between two inputs. */
export interface Boundary extends BoundaryState {
  /** @throws {RollupError} `SNAPSHOT_DROPPED` where only the state is remembered. */
  readonly snapshot: Snapshot;
}

/** A machine before the input `end`. */
export interface KeptSnapshot {
  readonly end: number;
  readonly snapshot: Snapshot;
  /** Of the state. */
  readonly hash: Hex;
}

/** What came of executing inputs. */
export interface ExecutionLog {
  /** How many inputs were executed. */
  readonly count: number;
  /** Boundaries before this one are forgotten, unless it is 0. */
  readonly kept: number;
  /** Of all that were executed. */
  readonly steps: bigint;
  /** @param after The machine after it. */
  append(input: Input, executed: ExecutedInput, after: Boundary): void;
  /** @throws {RollupError} `INPUT_DROPPED` if it was pruned. */
  input(number: number): Input;
  executed(number: number): ExecutedInput | undefined;
  /** The machine after all inputs before `end`, which is above 0. */
  boundary(end: number): BoundaryState | undefined;
  /** The last machine at or before `end` that is kept; undefined if that is genesis. */
  snapshot(end: number): KeptSnapshot | undefined;
  /** The machine before input `end`, if that costs nothing; `end` is above 0. */
  atHand(end: number): Snapshot | undefined;
  /** Forgets all executions but the first `count`. */
  truncate(count: number): void;
}

/** What guests' preimages were found to be. */
export interface PreimageLog {
  get(hash: Hex): KnownPreimage | undefined;
  put(hash: Hex, known: KnownPreimage): void;
  /** Forgets what was found out in blocks after `block`. */
  rollBack(block: number): void;
}

/** The events of a rollup, from which its trees of assertions and claims follow. */
export interface EventLog {
  append(event: ChainEvent): void;
  all(): Iterable<ChainEvent>;
  /** Forgets those in blocks after `block`. */
  rollBack(block: number): void;
}

/** How far the settlement layer was read. */
export interface BlockLog {
  /** What an `EventReader` remembers, the lowest first. */
  all(): readonly ReadBlock[];
  /** Takes the place of what was there. */
  replace(blocks: readonly ReadBlock[]): void;
}

/** What a node knows of its chain besides what it has at hand. In memory it ends with the process; a service has it in a file. */
export interface NodeStore {
  readonly inputs: InputLog;
  readonly executions: ExecutionLog;
  readonly preimages: PreimageLog;
  readonly events: EventLog;
  readonly blocks: BlockLog;
  /** Does `work` as one: all of it is kept or, if it throws, nothing. */
  commit<T>(work: () => T): T;
  /** What is needed no more, since all before the input `end` is confirmed, may be forgotten. */
  prune(end: number): void;
}
