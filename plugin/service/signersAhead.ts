import { availableParallelism } from "node:os";

import { ThreadPool } from "../blobs/threadPool.js";
import { knowsSigner, rememberSigner } from "../machines/recovery.js";
import { SIGNER, type RecoveryFunctions } from "./recoveryThread.js";

/** Fewer are recovered sooner where they are needed. */
const WORTHWHILE = 64;
/** So many are one piece of work. */
const AT_ONCE = 128;
/** What a thread needs of memory, in MiB: it works on a few kilobytes. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };
/** Beside the one that executes; each takes some twenty mebibytes. */
const THREADS = Math.min(4, Math.max(1, availableParallelism() - 1));
/** Threads that have had nothing to do for so long are ended, in milliseconds. */
const IDLE = 10_000;

/** Recovers signers in threads, before whoever executes an input asks for them: that is most of the time that transactions take. */
export class SignersAhead {
  private pool: ThreadPool<RecoveryFunctions> | undefined;
  private idle: NodeJS.Timeout | undefined;
  private under = 0;

  public constructor(private readonly threads: number = THREADS) {}

  /**
   * Comes back when the signers of these are known to `recoverSigner`, or it is not worth it. What fails is recovered by whoever asks for it.
   * @param signatures Four words each.
   */
  public async recover(signatures: readonly Uint8Array[]): Promise<void> {
    const unknown = signatures.filter((words) => !knowsSigner(words));
    if (unknown.length < WORTHWHILE) return;
    const pieces: Promise<void>[] = [];
    this.under += 1;
    for (let at = 0; at < unknown.length; at += AT_ONCE)
      pieces.push(this.recoverPiece(unknown.slice(at, at + AT_ONCE)));
    await Promise.allSettled(pieces);
    this.under -= 1;
    this.rest();
  }

  /** Ends the threads; what they still do is recovered by whoever asks for it. */
  public async close(): Promise<void> {
    clearTimeout(this.idle);
    const { pool } = this;
    this.pool = undefined;
    await pool?.close();
  }

  private async recoverPiece(signatures: readonly Uint8Array[]): Promise<void> {
    this.pool ??= new ThreadPool(new URL("recoveryThread", import.meta.url), undefined, this.threads, LIMITS);
    const signers = await this.pool.call("recover", new Uint8Array(Buffer.concat(signatures)));
    signatures.forEach((words, place) => rememberSigner(words, signers.slice(place * SIGNER, (place + 1) * SIGNER)));
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      if (this.under === 0) void this.close();
    }, IDLE).unref();
  }
}
