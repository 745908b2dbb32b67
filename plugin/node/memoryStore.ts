import type { Hex } from "../hex.js";
import type { Input } from "../input.js";
import type { Snapshot } from "../machines/machine.js";
import type { FoundBatch } from "../sources/batchReader.js";
import { checkedInput } from "./checkedInput.js";
import type { ChainEvent, ReadBlock } from "./eventReader.js";
import type { ExecutedInput } from "./executor.js";
import type {
  Boundary,
  BoundaryState,
  EventLog,
  ExecutionLog,
  InputLog,
  KeptInput,
  KeptSnapshot,
  NodeStore,
  PreimageLog,
  QueuedMessage,
  BlockLog,
} from "./nodeStore.js";
import type { KnownPreimage } from "./preimages.js";

/** A store that forgets nothing while its process lasts. */
export class MemoryStore implements NodeStore {
  public readonly inputs: InputLog = new MemoryInputs();
  public readonly executions: ExecutionLog = new MemoryExecutions();
  public readonly preimages: PreimageLog = new MemoryPreimages();
  public readonly events: EventLog = new MemoryEvents();
  public readonly blocks: BlockLog = new MemoryBlocks();

  public commit<T>(work: () => T): T {
    return work();
  }

  public prune(): void {
    return;
  }
}

export class MemoryInputs implements InputLog {
  private readonly kept: KeptInput[] = [];
  /** By number; undefined where they were not found yet. */
  private readonly found: (Input | undefined)[] = [];
  private readonly queuedMessages: QueuedMessage[] = [];
  public appended = 0;
  public known = 0;

  public get count(): number {
    return this.kept.length;
  }

  public get queued(): number {
    return this.queuedMessages.length;
  }

  public append(input: KeptInput, batch: FoundBatch | undefined): void {
    this.found.push(batch && checkedInput(input.header, batch));
    this.kept.push(input);
    if (input.header.kind !== "batch") this.appended += 1;
    this.pass();
  }

  public fill(batch: FoundBatch): void {
    this.found[this.known] = checkedInput(this.kept[this.known].header, batch);
    this.pass();
  }

  public get(number: number): KeptInput {
    return this.kept[number];
  }

  public input(number: number): Input {
    return this.found[number]!;
  }

  public queue(message: QueuedMessage): void {
    this.queuedMessages.push(message);
  }

  public messages(from: number): QueuedMessage[] {
    return this.queuedMessages.slice(from);
  }

  public rollBack(block: number): void {
    dropLast(this.kept, (input) => input.block > block);
    this.found.length = this.kept.length;
    this.known = Math.min(this.known, this.count);
    dropLast(this.queuedMessages, (message) => message.block > block);
    this.appended = this.kept.filter(({ header }) => header.kind !== "batch").length;
  }

  private pass(): void {
    while (this.known < this.count && this.found[this.known] !== undefined) this.known += 1;
  }
}

export class MemoryExecutions implements ExecutionLog {
  public readonly kept = 0;
  public steps = 0n;
  private readonly inputs: Input[] = [];
  private readonly done: ExecutedInput[] = [];
  private readonly boundaries: Boundary[] = [];

  public get count(): number {
    return this.done.length;
  }

  public append(input: Input, executed: ExecutedInput, after: Boundary): void {
    this.inputs.push(input);
    this.done.push(executed);
    this.boundaries.push(after);
    this.steps += executed.steps;
  }

  public input(number: number): Input {
    return this.inputs[number];
  }

  public executed(number: number): ExecutedInput | undefined {
    return this.done[number];
  }

  public boundary(end: number): BoundaryState | undefined {
    return this.boundaries[end - 1];
  }

  public snapshot(end: number): KeptSnapshot | undefined {
    const at = Math.min(end, this.count);
    return at === 0 ? undefined : { end: at, ...this.boundaries[at - 1] };
  }

  public atHand(end: number): Snapshot | undefined {
    return this.boundaries[end - 1]?.snapshot;
  }

  public truncate(count: number): void {
    for (const { steps } of this.done.slice(count)) this.steps -= steps;
    for (const list of [this.inputs, this.done, this.boundaries]) list.length = Math.min(list.length, count);
  }
}

export class MemoryPreimages implements PreimageLog {
  private readonly known = new Map<Hex, KnownPreimage>();

  public get(hash: Hex): KnownPreimage | undefined {
    return this.known.get(hash);
  }

  public put(hash: Hex, known: KnownPreimage): void {
    this.known.set(hash, known);
  }

  public rollBack(block: number): void {
    for (const [hash, { asOf }] of [...this.known]) if (asOf > BigInt(block)) this.known.delete(hash);
  }
}

class MemoryEvents implements EventLog {
  private readonly events: ChainEvent[] = [];

  public append(event: ChainEvent): void {
    this.events.push(event);
  }

  public all(): Iterable<ChainEvent> {
    return this.events;
  }

  public rollBack(block: number): void {
    dropLast(this.events, (event) => event.block > block);
  }
}

class MemoryBlocks implements BlockLog {
  private blocks: readonly ReadBlock[] = [];

  public all(): readonly ReadBlock[] {
    return this.blocks;
  }

  public replace(blocks: readonly ReadBlock[]): void {
    this.blocks = [...blocks];
  }
}

/** Removes from the end of an ascending list. */
function dropLast<Item>(list: Item[], isDropped: (item: Item) => boolean): void {
  while (list.length > 0 && isDropped(list[list.length - 1])) list.pop();
}
