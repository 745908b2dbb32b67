import { MissingDataError } from "../errors.js";
import type { Hex } from "../hex.js";
import { WordTree } from "../sources/wordTree.js";

/** One place where a committee's batches may be. What it gives is nobody's word: whoever asks checks it. */
export interface BatchPlace {
  /** As errors name it. */
  readonly name: string;
  /**
   * What this place holds under `root`; nothing if it has no such batch.
   * @param length Of the batch, in bytes: more need not be read.
   * @param signal That nobody waits for it any more.
   * @throws if it cannot be asked.
   */
  get(root: Hex, length: bigint, signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

/** A place that also keeps what was found or is about to be posted. */
export interface BatchArchive extends BatchPlace {
  /** @param expiry Until when it is needed, in seconds. */
  keep(root: Hex, data: Uint8Array, expiry: bigint): Promise<void>;
}

/** Who was asked for a batch, and what they said. */
export interface BatchAttempt {
  readonly place: string;
  readonly said: string;
}

/** A certified batch is needed and nobody gives it. */
export class BatchMissingError extends MissingDataError {
  public constructor(
    public readonly root: Hex,
    public readonly attempts: readonly BatchAttempt[],
  ) {
    super("BATCH_MISSING", "A batch that a committee has certified is nowhere to be found.", {
      root,
      asked: attempts.length > 0 ? attempts.map(({ place, said }) => `\n    ${place}: ${said}`).join("") : "nobody",
      do: "name the members' addresses in `members` of the committee, or wait until one of them answers",
    });
  }
}

/** Keeps batches as long as this process runs. */
export class BatchMemory implements BatchArchive {
  public readonly name = "this process";
  private readonly batches = new Map<Hex, Uint8Array>();

  public get(root: Hex): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.batches.get(root));
  }

  public keep(root: Hex, data: Uint8Array): Promise<void> {
    this.batches.set(root, data);
    return Promise.resolve();
  }
}

/** The tree over a batch that somebody gave, if it is the right one; else what is wrong with it. */
export function checkBatch(data: Uint8Array, root: Hex, length: bigint): WordTree | string {
  if (BigInt(data.length) !== length) return `gave ${data.length} bytes instead of ${length}`;
  const tree = new WordTree(data);
  return tree.root === root ? tree : `gave bytes whose root is ${tree.root}`;
}
