import { setTimeout } from "node:timers/promises";

import type { Hex } from "../hex.js";
import type { WordTree } from "../sources/wordTree.js";
import { checkBatch, type BatchAttempt, type BatchPlace } from "./batchPlace.js";

/** How long a place may keep the others from being asked, in milliseconds: a batch takes less where nobody is slow on purpose. */
const PATIENCE = 1_000;

/** A batch's bytes, which are the right ones. */
export interface GoodBatch {
  readonly data: Uint8Array;
  readonly tree: WordTree;
}

/**
 * Asks places for batches. Members who want to hold a chain up may answer as slowly as they are allowed to, one batch after the other: so nobody is
 * waited for alone for long, and who has failed is asked last the next time.
 */
export class BatchFinder {
  /** How often each place was of no use since it was last the one that gave a batch, by name. */
  private readonly failures = new Map<string, number>();

  public constructor(private readonly patience = PATIENCE) {}

  /**
   * The bytes under `root` from the first place that gives them.
   * @param groups Those of one group are asked before those of the next.
   * @param attempts Is told what those said who gave nothing, or something else.
   */
  public async find(
    groups: readonly (readonly BatchPlace[])[],
    root: Hex,
    length: bigint,
    attempts: BatchAttempt[],
  ): Promise<GoodBatch | undefined> {
    const waiting = groups.flatMap((group) => this.ordered(group));
    const asked = new Map<BatchPlace, Promise<GoodBatch | undefined>>();
    const stop = new AbortController();
    const ask = async (place: BatchPlace): Promise<GoodBatch | undefined> => {
      const found = await askPlace(place, root, length, stop.signal);
      asked.delete(place);
      if (typeof found !== "string") return this.succeeded(place, found);
      if (!stop.signal.aborted) this.failed(place);
      attempts.push({ place: place.name, said: found });
      return undefined;
    };
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) asked.set(next, ask(next));
      if (asked.size === 0) return undefined;
      const found = await this.first([...asked.values()], waiting.length > 0);
      if (found === undefined) continue;
      for (const late of asked.keys()) this.failed(late);
      stop.abort();
      return found;
    }
  }

  /** What the first of them gives that is done; nothing if it is time to ask another one, too. */
  private async first(
    asked: readonly Promise<GoodBatch | undefined>[],
    others: boolean,
  ): Promise<GoodBatch | undefined> {
    if (!others) return Promise.race(asked);
    const over = new AbortController();
    const pause = setTimeout(this.patience, undefined, { signal: over.signal }).catch(() => undefined);
    const found = await Promise.race([...asked, pause]);
    over.abort();
    return found;
  }

  private ordered(places: readonly BatchPlace[]): BatchPlace[] {
    return [...places].sort((a, b) => this.failuresOf(a) - this.failuresOf(b));
  }

  private failuresOf({ name }: BatchPlace): number {
    return this.failures.get(name) ?? 0;
  }

  private failed(place: BatchPlace): void {
    this.failures.set(place.name, this.failuresOf(place) + 1);
  }

  private succeeded({ name }: BatchPlace, found: GoodBatch): GoodBatch {
    this.failures.delete(name);
    return found;
  }
}

/** A batch that is the right one, or why there is none. */
async function askPlace(
  place: BatchPlace,
  root: Hex,
  length: bigint,
  signal: AbortSignal,
): Promise<GoodBatch | string> {
  try {
    const data = await place.get(root, length, signal);
    if (data === undefined) return "has no such batch";
    const tree = checkBatch(data, root, length);
    return typeof tree === "string" ? tree : { data, tree };
  } catch (error) {
    return (error as Error).message;
  }
}
