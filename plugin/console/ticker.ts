import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { Worker } from "node:worker_threads";

/** After this long without a line, whatever is being done is named again, so that nothing ever looks hung. */
const SILENCE_MS = 1_500;

/** Goes to the start of a terminal's line and empties it. */
const CLEAR = "\r\u001b[2K";

/**
 * Runs beside the main thread, which may be too busy for timers, and writes past its streams. On a terminal it has one line, which it
 * writes anew; elsewhere its lines become rarer the longer it lasts, so that a watch of days does not fill a log.
 */
const WATCH = `
const { writeSync } = require("node:fs");
const { workerData: { shared, descriptor, what, start, silence, clear } } = require("node:worker_threads");
const [LAST, SHOWN] = [0, 1];
const times = new BigInt64Array(shared);
let told = 0;
setInterval(() => {
  const now = Date.now();
  const patience = clear ? silence : silence * 2 ** Math.min(6, Math.floor(told / 20));
  if (now - Number(Atomics.load(times, LAST)) < patience) return;
  Atomics.store(times, LAST, BigInt(now));
  if (clear) Atomics.store(times, SHOWN, 1n);
  told += 1;
  writeSync(descriptor, clear + "... " + what + ", " + Math.round((now - start) / 1000) + " s" + (clear ? "" : "\\n"));
}, 100);
`;

/** Says what is under way whenever nothing was printed for a while, even while the main thread computes. */
export class Ticker {
  /** When the last line was printed, and whether the terminal's line is the ticker's. */
  private readonly times = new BigInt64Array(new SharedArrayBuffer(16));
  private readonly clear: string;

  /** @param descriptor The file that it writes to, e.g. 2 for standard error. */
  public constructor(private readonly descriptor: number) {
    this.clear = isatty(descriptor) ? CLEAR : "";
  }

  /** To be called before every line that is printed. */
  public touch(): void {
    Atomics.store(this.times, 0, BigInt(Date.now()));
    if (Atomics.exchange(this.times, 1, 0n) === 1n) writeSync(this.descriptor, this.clear);
  }

  /** Starts to watch. @returns What ends it. */
  public start(what: string): () => Promise<void> {
    this.touch();
    const { descriptor, clear } = this;
    const shared = this.times.buffer;
    const workerData = { shared, descriptor, what, start: Date.now(), silence: SILENCE_MS, clear };
    const worker = new Worker(WATCH, { eval: true, workerData, execArgv: [] });
    worker.unref();
    return async () => {
      await worker.terminate();
      this.touch();
    };
  }
}
